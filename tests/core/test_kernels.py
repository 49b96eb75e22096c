from mihari.core.kernels import ROOT, imported, prune, sources_hash


def test_an_edited_callee_gives_its_caller_another_cache(tmp_path):
    caller, callee = tmp_path / "a.py", tmp_path / "b" / "c.py"
    callee.parent.mkdir()
    caller.write_text("from mihari.core import kernels\nfrom mihari.b import (\n    c,\n    d,\n)\nimport numpy\n")
    callee.write_text("one = 1\n")
    before = sources_hash(caller, tmp_path)
    sources_hash.cache_clear()
    callee.write_text("one = 2\n")
    assert imported(caller, tmp_path) == {callee}
    assert sources_hash(caller, tmp_path) != before


def test_imports_of_names_and_of_modules_are_followed():
    found = {str(p.relative_to(ROOT)) for p in imported(ROOT / "tracks" / "tracker.py")}
    assert {"core/reports.py", "tracks/intake.py", "tracks/run.py", "tracks/index.py"} <= found


def test_only_old_kernels_of_vanished_sources_are_taken_away(tmp_path):
    used = sources_hash(ROOT / "tracks" / "gate.py")
    for name in (used, "0123456789abcdef"):
        (tmp_path / name).mkdir()
    now = (tmp_path / used).stat().st_mtime
    assert prune(tmp_path, 100.0, now + 50.0) == 0
    assert prune(tmp_path, 100.0, now + 500.0) == 1
    assert [d.name for d in tmp_path.iterdir()] == [used]
