"""`mihari node init|check|schema`: what is written passes, what is wrong is explained, editors are helped."""

import json
import os
import re
import socket
import subprocess
import sys
import tomllib

import pytest
from click.testing import CliRunner

from mihari.cli import cli
from mihari.core.config import NodeConfig, load
from mihari.core.errors import BadInput
from mihari.core.keys import keys_of, sections_of
from mihari.core.template import SCHEMA_FILE, schema_of
from mihari.mesh.keys import Authors, Identity


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def mihari(*arguments):
    """The command in this process: exit code and output, or the error people would see as one sentence."""
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if isinstance(result.exception, BadInput):
        return 2, str(result.exception)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def free_port(kind=socket.SOCK_DGRAM):
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def checked(text, file="node.toml"):
    """The findings of a file with this text: (level, line, key, problem)."""
    with open(file, "w", encoding="utf-8") as out:
        out.write(text)
    code, output = mihari("node", "check", file, "--json")
    told = json.loads(output)
    rows = [(row["level"], row["line"], row["key"], row["problem"]) for row in told["findings"]]
    assert told["good"] == (code == 0) == all(level == "warning" for level, *_ in rows)
    return rows


def uncommented(text):
    return re.sub(r"(?m)^#(?=[\[\w])(?!:)", "", text)


# init


def test_what_is_written_passes_the_check_and_runs(folder):
    port = free_port()
    assert mihari("node", "init", "a.toml", "--ais", f"udp://127.0.0.1:{port}", "--area", "nansei", "--station", "KUME",
                  "--name", 'n "1"')[0] == 0  # fmt: skip
    (folder / "a.toml").write_text((folder / "a.toml").read_text().replace("#port = 8080", "port = 0"))
    assert mihari("node", "check", "a.toml") == (0, "a.toml: good\n")
    assert load("a.toml").node.name == 'n "1"'
    command = [sys.executable, "-m", "mihari", "run", "a.toml", "--for", "1", "--summary", "--no-browser"]
    done = subprocess.run(command, capture_output=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert "the map is at" in done.stderr.decode()
    assert json.loads(done.stdout)


def test_a_file_without_arguments_hears_the_usual_port_of_ais(folder):
    assert mihari("node", "init")[0] == 0
    assert [feed.url for feed in load("node.toml").feed] == ["udp://:10110"]
    told = {"feed": (), "library": NodeConfig().library}  # a new node tries the patterns that come with Mihari
    assert load("node.toml").model_copy(update=told) == NodeConfig()  # all else is as by default


def test_every_key_is_there_with_unit_bounds_default_and_an_example_that_is_right(folder):
    code, text = mihari("node", "init", "-o", "-")
    assert (code, list(folder.iterdir())) == (0, [])
    tables = tomllib.loads(uncommented(text))
    for name, (section, many) in sections_of(NodeConfig).items():
        written = tables[name][0] if many else tables[name]
        assert list(written) == [key.name for key in keys_of(section)]
        for key in keys_of(section):
            assert key.description, f"{name}.{key.name} has no description"
            assert f"# {key.description} (" in text
    NodeConfig.model_validate(tables)
    assert "(a number above 0 to 300 NM; default 24.0)" in text
    assert '(one of "radar", "ais", "air_radar"; required)' in text


def test_a_file_that_is_there_stays_unless_forced(folder):
    (folder / "node.toml").write_text("mine")
    assert mihari("node", "init") == (2, "node.toml: is there already; --force writes over it")
    assert (folder / "node.toml").read_text() == "mine"
    assert mihari("node", "init", "--force", "--area", "aegean")[0] == 0
    assert load("node.toml").node.area == "aegean"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--ais", "udp://:99999"], "port from 1 to 65535"),
        (["--area", "atlantis"], "nansei"),
        (["--station", "s" * 41], "at most 40 characters"),
        (["nowhere/node.toml"], "cannot be written"),
        (["nowhere/node.toml", "--mesh"], "cannot be written"),
        (["-o", "-", "--mesh"], "expected a file"),
        (["--mesh", "--host", "a b"], "expected a name or an address"),
        (["--host", "a"], "go with --mesh"),
    ],
)
def test_wrong_arguments_write_nothing(folder, arguments, words):
    code, told = mihari("node", "init", *arguments)
    assert code == 2
    assert words in told
    assert list(folder.iterdir()) == []


# keys


def test_two_nodes_of_one_coast_have_keys_of_one_authority(folder):
    for name in ("naha", "kume"):
        told = mihari("node", "init", f"{name}.toml", "--name", name, "--mesh", "--authority", "coast", "--host", "::1")
        assert told[0] == 0, told
        assert mihari("node", "check", f"{name}.toml")[0] == 0
    naha, kume = (load(f"{name}.toml").mesh for name in ("naha", "kume"))
    assert (naha.enabled, naha.listen) == (True, ("tls/[::1]:7447",))
    made = [Identity.load(mesh.keys_folder("")) for mesh in (naha, kume)]
    assert [one.name for one in made] == ["naha", "kume"]
    book = Authors(folder / "coast" / "ca.pem")
    assert [book.learn(one.certificate) for one in made] == [(one.author, one.name) for one in made]


def test_init_again_keeps_the_keys(folder):
    arguments = ("node", "init", "--name", "naha south", "--mesh")
    assert mihari(*arguments)[0] == 0
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.suffix in (".key", ".pem")}
    assert mihari(*arguments) == (2, "node.toml: is there already; --force writes over it")
    assert mihari(*arguments, "--force")[0] == 0
    assert len(before) == 9  # modem.key twice, with the authority and with the node
    assert {path: path.read_bytes() for path in before} == before


# schema


def wrong(schema, value, root, path="$"):
    """What a JSON schema (draft 2020-12, the words that ours uses) finds wrong with a value: paths."""
    known = {"$schema", "$defs", "$ref", "title", "description", "examples", "default", "type", "properties",
             "required", "additionalProperties", "items", "enum", "anyOf", "minimum", "maximum", "exclusiveMinimum",
             "exclusiveMaximum", "minLength", "maxLength", "pattern",
             "prefixItems", "minItems", "maxItems"}  # fmt: skip
    assert set(schema) <= known, set(schema) - known
    if "$ref" in schema:
        return wrong(root["$defs"][schema["$ref"].rpartition("/")[2]], value, root, path)
    if "anyOf" in schema:
        return [] if any(not wrong(one, value, root, path) for one in schema["anyOf"]) else [path]
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool}
    kind = schema.get("type")
    if kind == "null":
        return [path]  # TOML has no null
    if not isinstance(value, kinds[kind]) or (isinstance(value, bool) and kind != "boolean"):
        return [path]
    bad = "enum" in schema and value not in schema["enum"]
    if isinstance(value, int | float):
        bad |= value < schema.get("minimum", value) or value > schema.get("maximum", value)
        bad |= "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]
        bad |= "exclusiveMaximum" in schema and value >= schema["exclusiveMaximum"]
    if isinstance(value, str):
        bad |= not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
        bad |= not re.search(schema.get("pattern", ""), value)
    found = [path] if bad else []
    if kind == "array":
        found += [path] if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)) else []
        each = schema.get("prefixItems") or [schema["items"]] * len(value)
        inner = zip(each, value, strict=False)  # a wrong count is told already
        found += [p for i, (of, one) in enumerate(inner) for p in wrong(of, one, root, f"{path}[{i}]")]
    if kind == "object":
        found += [f"{path}.{key}" for key in schema.get("required", ()) if key not in value]
        for key, one in value.items():
            more = schema["additionalProperties"]
            inner = schema.get("properties", {}).get(key, more)  # a table of names has a schema for all of them
            assert more is False or "properties" not in schema
            found += wrong(inner, one, root, f"{path}.{key}") if inner else [f"{path}.{key}"]
    return found


def test_the_schema_takes_what_init_writes_and_refuses_what_the_node_refuses(folder):
    code, output = mihari("node", "schema")
    schema = json.loads(output)
    assert code == 0
    text = mihari("node", "init", "-o", "-", "--station", "KUME")[1]
    assert wrong(schema, tomllib.loads(text), schema) == []
    assert wrong(schema, tomllib.loads(uncommented(text)), schema) == []
    bad = {
        "node": {"nam": "x"},
        "feed": [{"url": "stdin:", "format": "morse"}, {}],
        "sensor": [{"name": "a", "kind": "radar", "lat_deg": 91, "detection": 1.0, "sac": 1.5}],
        "face": {"port": 65536, "enabled": "no"},
        "vehicle": [{"name": "a", "profile": "tb3", "stills": "ftp://192.0.2.1/"}],
    }
    assert sorted(wrong(schema, bad, schema)) == [
        "$.face.enabled", "$.face.port", "$.feed[0].format", "$.feed[1].url", "$.node.nam", "$.sensor[0].detection",
        "$.sensor[0].lat_deg", "$.sensor[0].sac", "$.vehicle[0].stills",
    ]  # fmt: skip


def test_the_schema_tells_units_and_lies_where_the_first_line_says(folder):
    mihari("node", "init")
    first = (folder / "node.toml").read_text().splitlines()[0]
    assert first == f"#:schema ./{SCHEMA_FILE}"
    schema = json.loads((folder / SCHEMA_FILE).read_text())
    assert schema == json.loads(json.dumps(schema_of(NodeConfig)))
    told = schema["$defs"]["SensorSection"]["properties"]["range_max_nm"]["description"]
    assert "above 0 to 300 NM; default 24.0" in told


# check

FEED = '[[feed]]\nurl = "udp://127.0.0.1:{}?format=ais"\n'


def radar(name="a", lat_deg=26.377, lon_deg=126.771, sic=1):
    place = f"lat_deg = {lat_deg}\nlon_deg = {lon_deg}\nheight_m = 100\n" if lat_deg is not None else ""
    return f'[[sensor]]\nname = "{name}"\nkind = "radar"\nsac = 1\nsic = {sic}\n{place}'


HEAD = '[node]\narea = "nansei"\n[[feed]]\nurl = "stdin:?format=asterix"\n[face]\nport = 0\n'  # six lines


def test_a_good_file_has_no_findings(folder):
    assert checked(HEAD + radar() + radar("b", sic=2)) == []


@pytest.mark.parametrize(
    ("text", "level", "line", "key", "words"),
    [
        (HEAD + radar() + radar("b"), "mistake", 18, "sensor[1].sac", "sensor[0] has SAC/SIC 1/1 already"),
        (HEAD + radar() + radar(sic=2), "mistake", 16, "sensor[1].name", "expected each once"),
        (HEAD + radar(lat_deg=None), "warning", 7, "sensor[0]", "before it tells its place"),
        (
            HEAD + radar(lat_deg=35.0),
            "warning",
            12,
            "sensor[0].lat_deg",
            "outside the area nansei (expected 23.8 to 27.6",
        ),
        (HEAD + radar(lat_deg=25.0, lon_deg=126), "warning", 12, "sensor[0].lat_deg", "km out at sea"),
        (
            HEAD.replace("nansei", "aegean") + radar(lat_deg=39.5, lon_deg=22.7),
            "warning",
            12,
            "sensor[0].lat_deg",
            "km inland",
        ),
        (HEAD.replace("nansei", "atlantis"), "mistake", 2, "node.area", "no area 'atlantis'"),
        (HEAD.replace("asterix", "ais") + radar(), "warning", 9, "sensor[0].kind", "nothing brings asterix"),
        (HEAD.replace("asterix", "morse"), "mistake", 4, "feed[0].url", "expected format=ais or asterix"),
        (HEAD.replace("stdin:", "ftp:"), "mistake", 4, "feed[0].url", "expected udp://:PORT"),
        (HEAD.replace("stdin:", "file:none.ast"), "mistake", 4, "feed[0].url", "none.ast: no such file"),
        (HEAD.replace("port = 0", 'host = "0.0.0.0"'), "mistake", 6, "face.host", "expected 127.0.0.1"),
        (HEAD + "[archive]\nenabled = true\nkeep_days = 0\nquota_gb = 0", "warning", 7, "archive", "a bound"),
        (HEAD + "[archive]\nenabled = true\nfree_gb = 1e9", "warning", 7, "archive.path", "GB are free"),
        (HEAD + "[archive]\nenabled = true\nquota_gb = 1e9", "warning", 9, "archive.quota_gb", "expected less"),
        (HEAD + '[archive]\nenabled = true\npath = "node.toml/a"', "warning", 9, "archive.path", "expected a folder"),
        (HEAD + '[health]\nlog_file = "node.toml/a.log"', "warning", 8, "health.log_file", "expected a folder"),
        ("[face]\nport = 0", "warning", None, "feed", "nothing to listen to"),
        (HEAD + '[[sensor]]\nname = "a"\nkind = "ais"', "warning", 7, "sensor[0]", "no station"),
    ],
)
def test_each_finding_has_its_line_and_key_and_says_what_was_expected(folder, text, level, line, key, words):
    told = [row for row in checked(text) if row[:3] == (level, line, key)]
    assert len(told) == 1, checked(text)
    assert words in told[0][3]


def test_swapped_latitude_and_longitude_are_seen(folder):
    build = '[node]\narea = "aegean"\n[[feed]]\nurl = "stdin:?format=asterix"\n[face]\nport = 0\n'
    (told,) = [row[3] for row in checked(build + radar(lat_deg=25.0, lon_deg=39.5)) if row[0] == "warning"]
    assert "wrong way round" in told


def test_one_port_for_two_feeds_is_a_mistake_and_one_in_use_a_warning(folder):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken, socket.socket() as web:
        taken.bind(("127.0.0.1", 0))
        web.bind(("127.0.0.1", 0))
        web.listen()
        port, map_port = taken.getsockname()[1], web.getsockname()[1]
        told = checked(FEED.format(port) + FEED.format(port) + f"[[feed]]\nurl = \"udp://:{port}?format=ais\"\n"
                       f"[face]\nport = {map_port}\n")  # fmt: skip
    assert [row[:3] for row in told if row[0] == "mistake"] == [
        ("mistake", 4, "feed[1].url"),
        ("mistake", 6, "feed[2].url"),
        ("mistake", 6, "feed[2].url"),
    ]
    warned = [row[1:] for row in told if row[0] == "warning"]
    assert (2, "feed[0].url", f"port {port} is in use by another program") in warned
    assert any(key == "face.port" and "address already in use" in problem for _, key, problem in warned)


def test_an_interface_that_is_not_there_is_a_warning(folder):
    told = checked('[face]\nport = 0\n[[feed]]\nurl = "udp://239.192.0.2:8600?format=asterix&interface=192.0.2.77"\n')
    assert [row[:3] for row in told] == [("warning", 4, "feed[0].url")]


def test_everything_is_told_at_once_although_some_sections_cannot_be_read(folder):
    told = checked(HEAD + radar() + radar("b").replace('kind = "radar"', 'kind = "sonar"') + radar("c")
                   + "[health]\nlogg = 'json'\nlog = xml\n")  # fmt: skip
    assert [(row[1], row[2]) for row in told] == [
        (17, "sensor[1].kind"), (26, "sensor[2].sac"), (32, "health.logg"), (33, ""),
    ]  # fmt: skip


def test_a_missing_file_is_one_sentence(folder):
    assert mihari("node", "check", "none.toml") == (2, "none.toml: no such file")


def test_the_list_for_people_ends_with_the_count(folder):
    (folder / "a.toml").write_text(HEAD + radar(lat_deg=None) + "[[nodes]]\n")
    code, told = mihari("node", "check", "a.toml")
    assert code == 2
    *_, last = told.splitlines()
    assert last == "a.toml: 1 mistake, 1 warning"
    assert told.startswith("a.toml:7: warning: sensor[0]: no lat_deg")
    assert "a.toml:12: nodes: unknown key; did you mean node?" in told


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_others_is_a_warning(folder):
    told = checked(HEAD + '[archive]\nenabled = true\npath = "/usr/archive"\n')
    assert [row[:3] for row in told] == [("warning", 9, "archive.path")]


def test_a_serial_device_that_is_not_there_and_one_that_is_no_device_are_warnings(folder):
    (folder / "plain").write_text("")
    serial = '[[feed]]\nurl = "serial:{}?format=ais"\n'
    told = checked("[face]\nport = 0\n" + serial.format("/dev/ttyNONE") + serial.format(folder / "plain"))
    assert [row[:3] for row in told] == [("warning", 4, "feed[0].url"), ("warning", 6, "feed[1].url")]
    assert "no such device" in told[0][3]
    assert "expected a serial device, found a file" in told[1][3]


def test_a_pty_is_a_serial_device(folder):
    master, slave = os.openpty()
    told = checked(f'[face]\nport = 0\n[[feed]]\nurl = "serial:{os.ttyname(slave)}?format=ais"\n')
    os.close(master)
    os.close(slave)
    assert told == []


def test_the_map_and_a_tcp_server_cannot_have_one_port(folder):
    port = free_port(socket.SOCK_STREAM)
    told = checked(f'[[feed]]\nurl = "tcp-listen://127.0.0.1:{port}?format=ais"\n[face]\nport = {port}\n')
    assert told == [("mistake", 2, "feed[0].url", f"port {port} is that of [face]; expected another one")]


def test_a_password_that_others_may_read_is_a_warning_and_is_never_shown(folder):
    text = '[[feed]]\nurl = "mqtt://me:secret@127.0.0.1/ais?format=ais"\n[face]\nport = 0\n'
    (folder / "node.toml").touch(mode=0o600)
    assert checked(text) == []
    (folder / "node.toml").chmod(0o640)
    (told,) = checked(text)
    assert "chmod 600 node.toml" in told[3]
    shown = str(checked(text.replace("/ais?format=ais", "?formt=ais") + text.replace("127.0.0.1", "192.0.2.1:x")))
    assert "secret" not in shown


@pytest.mark.parametrize(
    ("url", "sources", "key", "words"),
    [
        ("udp://192.0.2.1:5000", '["east", "wset"]', "from", 'there is no feed "wset"; did you mean west?'),
        ("udp://192.0.2.1:5000", "[]", "", "expected either from = the feeds to pass on, or picture ="),
        ("ftp://192.0.2.1", '["west"]', "url", "expected udp://"),
        ("file:out.nmea", '["west"]', "url", "to send to"),
        ("udp://127.0.0.1:PORT", '["west"]', "url", "'west' would hear what it sends"),
        ("udp://192.0.2.1:5000", '["west", "old"]', "url", "'old' is a recording"),
    ],
)
def test_an_output_that_cannot_be_is_told(folder, url, sources, key, words):
    ports = [free_port(), free_port()]
    (folder / "old.nmea").write_text("")
    feeds = "".join(
        FEED.format(port) + f'name = "{name}"\n' for port, name in zip(ports, ("west", "east"), strict=True)
    )
    feeds += '[[feed]]\nurl = "file:old.nmea"\nname = "old"\n'
    output = f'[[output]]\nurl = "{url}"\nfrom = {sources}\n'.replace("PORT", str(ports[0]))
    (told,) = checked("[face]\nport = 0\n" + feeds + output)
    assert told[:3] == ("mistake", {"from": 14, "url": 13, "": 12}[key], f"output[0].{key}".rstrip("."))
    assert words in told[3]


def test_an_output_over_a_feeds_own_connection_is_good(folder):
    text = '[face]\nport = 0\n[[feed]]\nurl = "{}"\nname = "{}"\nformat = "ais"\n'
    other = text[text.index("[[") :].format("tcp://192.0.2.1:5000", "b")
    feeds = text.format(f"udp://127.0.0.1:{free_port()}", "a") + other
    assert checked(feeds + '[[output]]\nurl = "tcp://192.0.2.1:5000"\nfrom = ["a"]\n') == []


# modems

MODEM = """\
[node]
name = "naha"
[[feed]]
url = "udp://127.0.0.1:{ais}"
format = "ais"
[mesh]
enabled = true
keys = "naha-keys"
[[modem]]
name = "acoustic"
listen = "udp/127.0.0.1:{port}"
"""


def test_modems_are_checked_for_ports_names_and_the_coasts_key(folder):
    ais, port = free_port(), free_port()
    text = MODEM.format(ais=ais, port=port)
    assert mihari("node", "init", "naha.toml", "--name", "naha", "--mesh", "--authority", "coast")[0] == 0
    assert checked(text) == []
    assert checked(text.replace(str(port), str(ais))) == [
        ("mistake", 11, "modem[0].listen", f"port {ais} is that of feed[0]; expected another one")
    ]
    twice = text + text[text.index("[[modem]]") :].replace("acoustic", "burst")
    (found,) = checked(twice)
    assert found == ("mistake", 14, "modem[1].listen", f"port {port} is that of modem[0]; expected another one")
    assert [row[2:] for row in checked(text.replace("listen", 'send = "udp/127.0.0.1:1"\nlisten'))] == []
    (folder / "naha-keys" / "modem.key").unlink()
    ((level, line, key, problem),) = checked(text)
    assert (level, line, key) == ("warning", 9, "modem[0]")
    assert "needs the key that all nodes of the coast share; copy modem.key of the authority's folder there" in problem
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", port))
        assert ("warning", 11, "modem[0].listen") in [row[:3] for row in checked(text)]


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "words"),
    [
        ("udp/", "tcp/", 11, "modem[0].listen", "expected udp/HOST:PORT, found tcp/127.0.0.1"),
        ("enabled = true", "enabled = false", 9, "modem[0]", "expected enabled = true in [mesh]"),
        ("listen = ", "#", 9, "modem[0]", "expected listen, send or both"),
        ('"acoustic"', '""', 10, "modem[0].name", "of 1 to 40 characters"),
        ("listen = ", "rate_per_min = 0\nlisten = ", 11, "modem[0].rate_per_min", "above 0 to 600"),
        ("listen = ", 'send = "udp/h:1"\n[[modem]]\nname = "acoustic"\nlisten = ', 13, "modem[1].name", "already"),
    ],
)
def test_a_modem_that_cannot_be_is_told(folder, old, new, line, key, words):
    found = [row for row in checked(MODEM.format(ais=free_port(), port=free_port()).replace(old, new))
             if row[0] == "mistake"]  # fmt: skip
    assert [row[1:3] for row in found] == [(line, key)]
    assert words in found[0][3]


def test_the_coasts_key_is_the_same_everywhere_and_comes_to_a_node_with_older_keys(folder):
    for name in ("naha", "kume"):
        assert mihari("node", "init", f"{name}.toml", "--name", name, "--mesh", "--authority", "coast")[0] == 0
    key = (folder / "coast" / "modem.key").read_bytes()
    assert [(folder / f"{name}-keys" / "modem.key").read_bytes() for name in ("naha", "kume")] == [key, key]
    assert (folder / "kume-keys" / "modem.key").stat().st_mode & 0o777 == 0o600
    again = ("node", "init", "kume.toml", "--name", "kume", "--mesh", "--authority", "coast", "--force")
    for old in ("kume-keys", "coast"):  # made by a release that knew no modems
        (folder / old / "modem.key").unlink()
    code, told = mihari(*again)
    assert code == 0
    assert "for modems, the same at all nodes of the coast" in told
    made = (folder / "coast" / "modem.key").read_bytes()
    assert (folder / "kume-keys" / "modem.key").read_bytes() == made != key
    code, told = mihari("node", "init", "naha.toml", "--name", "naha", "--mesh", "--authority", "coast", "--force")
    assert (code, "is another key than" in told) == (2, True)


# the mesh


def test_the_mesh_is_checked_for_keys_ports_and_links_that_lead_nowhere(folder):
    port, away = free_port(socket.SOCK_STREAM), free_port(socket.SOCK_STREAM)
    text = (
        f'[face]\nport = 0\n[node]\nname = "naha"\n[[feed]]\nurl = "udp://127.0.0.1:{free_port()}"\nformat = "ais"\n'
        f'[mesh]\nenabled = true\nkeys = "naha-keys"\nlisten = ["tls/127.0.0.1:{port}"]\n'
        f'[[link]]\nurl = "tls/127.0.0.1:{away}"\n'
    )
    ((level, _, key, problem),) = checked(text)
    assert (level, key) == ("warning", "mesh.keys")
    assert "`mihari node init --mesh` makes keys" in problem
    assert mihari("node", "init", "naha.toml", "--name", "naha", "--mesh", "--authority", "coast")[0] == 0
    assert checked(text) == []
    assert checked(text + f'[[link]]\nurl = "tls/127.0.0.1:{port}"\n') == [
        ("mistake", 15, "link[1].url", f"tls/127.0.0.1:{port} is where this node listens itself")
    ]
    assert checked(text + text[text.index("[[link]]") :])[0][3].startswith("link[0] goes to tls/127.0.0.1")
    (found,) = checked(text.replace("enabled = true\n", ""))
    assert found[2:] == ("link[0]", "expected enabled = true in [mesh]: this link is not opened")
    alone = text[: text.index("[[link]]")].replace(f'listen = ["tls/127.0.0.1:{port}"]\n', "")
    assert [(row[0], row[2]) for row in checked(alone)] == [("warning", "mesh")]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen(1)
        (found,) = checked(text)
    assert found[0:3:2] == ("warning", "mesh.listen")
    assert "perhaps the node runs already" in found[3]
    (found,) = checked(text.replace(f"127.0.0.1:{away}", "nowhere.invalid:7447"))
    assert "nowhere.invalid cannot be looked up now" in found[3]
