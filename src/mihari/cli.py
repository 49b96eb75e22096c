"""The command line: finds the command, turns what users can mend into one sentence with exit code 2.

Commands are imported when they are called: `mihari --help` reads little more than this file and click.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import time
from types import FrameType

import click

from mihari.core.interrupts import ask_again, lost_in

# name -> (module below mihari.commands, what it does)
COMMANDS = {
    "demo": ("demo", "A simulated strait and the living map, in one command."),
    "run": ("run", "A node: feeds in, one picture, the map and the API."),
    "replay": ("replay", "Recordings as if they were live, at any speed."),
    "decode": ("wire", "Any wire format to JSON lines, CSV or Parquet."),
    "encode": ("wire", "JSON lines back to the wire format."),
    "formats": ("wire", "The wire formats and what of each is covered."),
    "history": ("history", "An archive: where was it, who was near, the picture then."),
    "track": ("track", "Recordings to a file of tracks, as fast as the machine goes."),
    "context": ("context", "What a coast has taught: traffic, reception, anchorages."),
    "detect": ("detect", "Recordings or an archive: who hides, waits, meets or lies."),
    "library": ("library", "Patterns: what one coast has learned of vessels that hide or misbehave."),
    "simulate": ("simulate", "A made-up coast: truth and wire recordings, or live to sockets."),
    "score": ("score", "Tracks against the truth of a simulation: how good they are, and where not."),
    "watch": ("watch", "Alerts and vessels of a running node, in a terminal."),
    "alerts": ("alerts", "Alerts as they are kept: list, watch log, handover, audit."),
    "case": ("case", "Cases: what an alert turned out to be, its evidence, a report."),
    "task": ("tasks", "What vehicles and cameras are asked to do: propose, accept, withdraw."),
    "report": ("report", "What somebody saw, in a few words, into a node's picture."),
    "plan": ("plan", "Who looks where and when: a day's patrol of a mixed fleet."),
    "size": ("size", "How many of which platform: a curve of fleets, with the bounds beside it."),
    "rehearse": ("rehearse", "A plan flown in simulation: what it would see, and when things go wrong."),
    "drift": ("drift", "Where something adrift may be, and where to look for it next."),
    "mesh": ("mesh", "Other nodes and the links to them, as a running node has them."),
    "platforms": ("platforms", "Aircraft, boats, vehicles under water: what they can do, and says who."),
    "camera": ("camera", "A node file's cameras: what they are, a still, a vessel followed."),
    "map": ("maps", "Coastlines: make one for your area, list those there are."),
    "node": ("node", "Node files: write one, check one, a schema for editors."),
    "backup": ("backup", "All that a node must not lose, in one file; the node may run meanwhile."),
    "restore": ("backup", "A node again from its backup: verified first, whole or not at all."),
    "warm": ("warm", "Compile the kernels now, so that the first start is quick."),
    "doctor": ("doctor", "Find the usual mistakes of an installation."),
}

EPILOG = """\b
Examples:
  mihari demo
  mihari run --ais udp://:10110 --radar 'udp://239.192.0.2:8600'
  mihari decode ais recording.nmea.gz --summary
  mihari replay monday.pcap monday.nmea --speed 10
  mihari detect monday.nm4.gz -o behaviours.parquet
"""


PATIENCE_S = 3.0  # every stop takes less; a third Ctrl-C after it does break off
_asked = float("-inf")


class Lazy(click.Group):
    """A group that imports a command when it is called, and knows its one line of help before."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of their use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"mihari.commands.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from the table above: nothing is imported for it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        from mihari import __version__

        click.echo(f"mihari {__version__}")
        ctx.exit()


@click.group(cls=Lazy, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Say the version.")
def cli() -> None:
    """Mihari: networked coastal surveillance. It watches and tells; people decide."""


def _ended(number: int, frame: FrameType | None) -> None:
    """Ctrl-C or SIGTERM: end in order. An impatient second one soon after does not break the clearing up off."""
    global _asked
    if lost_in(frame):
        ask_again(number)
        return
    before, _asked = _asked, time.monotonic()
    if _asked - before > PATIENCE_S:
        raise KeyboardInterrupt


def main(arguments: list[str] | None = None) -> None:
    """Run a command; the exit code is 0, 2 for bad input, 130 after Ctrl-C, 1 for a bug (with its traceback)."""
    signal.signal(signal.SIGTERM, _ended)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # as shells have it for what runs in the background
        signal.signal(signal.SIGINT, _ended)
    try:
        code = cli.main(arguments, prog_name="mihari", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Abort:
        click.echo("mihari: stopped", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except KeyboardInterrupt:
        click.echo("mihari: stopped", err=True)
        sys.exit(130)
    except BrokenPipeError:
        # the reader of our output has gone (`mihari decode … | head`)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        from mihari.core.errors import MihariError

        if not isinstance(error, MihariError):
            raise
        click.echo(f"mihari: {error}", err=True)
        sys.exit(2)
