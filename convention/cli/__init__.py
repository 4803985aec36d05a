"""convention: the operator's and the guarantor's commands. Each answers in a sentence, and with the right exit code."""

from collections.abc import Callable
from typing import Annotated

import typer

from convention import __version__
from convention.cli import conventions, copies, editions, imports, people, proofs, serving
from convention.cli.common import say
from convention.cli.french import Group

main = Group(
    help="Une convention citoyenne, du mandat aux suites données.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
GROUPS = {
    "person": people.commands,
    "convention": conventions.commands,
    "journal": proofs.commands,
    "edition": editions.commands,
    "import": imports.commands,
}
COMMANDS: dict[str, Callable[..., None]] = {
    "serve": serving.serve,
    "work": serving.work,
    "migrate": serving.migrate,
    "check": serving.check,
    "demo": serving.demo,
    "backup": copies.save,
    "restore": copies.restore,
    "archive": copies.write_archive,
    "tally": proofs.count,
    "verify": proofs.recount,
}


@main.callback(invoke_without_command=True)
def version(
    asked: Annotated[bool, typer.Option("--version", help="Affiche la version.", is_eager=True)] = False,
) -> None:
    if asked:
        say(__version__)
        raise typer.Exit


for name, command in COMMANDS.items():
    main.command(name)(command)
for name, group in GROUPS.items():
    main.add_typer(group, name=name)
