"""What an operator decides: the only reader of the environment.

Every name starts with CONVENTION_, except DATABASE_URL.
"""

import os
import secrets
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, NonNegativeInt, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).parent.parent
_packaged = Path(__file__).parent / "_data"


def resource(name: str) -> Path:
    """`templates`, `static` or `migrations`: beside the package in a checkout, inside it in a wheel."""
    return _packaged / name if _packaged.is_dir() else ROOT / name


class Misconfigured(Exception):
    """A setting is missing or wrong; the message is a sentence for the operator."""


class Settings(BaseSettings):
    """The settings of one running instance."""

    model_config = SettingsConfigDict(env_prefix="CONVENTION_", extra="ignore", frozen=True)

    folder: Path = Field(default=Path("var"), description="Où vont la base embarquée, les fichiers et le courrier")
    database_url: str = Field(default="", validation_alias=AliasChoices("DATABASE_URL", "CONVENTION_DATABASE_URL"))
    demo: bool = Field(default=False, description="Démonstration : courrier dans un dossier, textes fictifs signalés")
    secret: str = Field(default="", repr=False, description="32 caractères au hasard, ou plus")
    base_url: str = Field(default="http://127.0.0.1:8000", description="L’adresse publique, dans les courriels")
    smtp_url: str = Field(default="", repr=False, description="smtp://nom:mot@serveur:587 ; vide : dans un dossier")
    mail_from: str = "Convention <convention@localhost.invalid>"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    proxy: str = Field(default="", description="Adresses des serveurs mandataires de confiance")
    upload_bytes: NonNegativeInt = 12_000_000
    second_factor: bool = Field(
        default=True, description="Second facteur pour l’administration, l’animation, les garants et l’accueil"
    )
    least_shown: Annotated[int, Field(ge=5, le=1000)] = Field(
        default=5, description="En dessous, aucun nombre partiel n’est montré : on chercherait de qui il parle"
    )

    webhook_hosts: str = Field(
        default="", description="Sites que l’administration peut faire prévenir, séparés par des virgules"
    )
    webhook_loopback: bool = Field(default=False, description="Pour les tests : cette machine peut être appelée")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if url and urlsplit(url).scheme not in ("sqlite", "postgresql", "postgres", "postgresql+psycopg"):
            raise ValueError("DATABASE_URL doit commencer par sqlite:/// ou postgresql://")
        return url

    @model_validator(mode="after")
    def _complete(self) -> "Settings":
        if not self.demo and len(self.secret) < 32:
            raise ValueError(
                "CONVENTION_SECRET manque ou fait moins de 32 caractères. "
                "Tirez-en un avec : python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
            )
        return self

    @property
    def database(self) -> str:
        """The address of the database, the embedded one by default."""
        return self.database_url or f"sqlite:///{self.folder.absolute() / 'convention.sqlite3'}"

    @property
    def mail_folder(self) -> Path:
        """Where mail goes when there is no SMTP server."""
        return self.folder / "courrier"

    @property
    def secure(self) -> bool:
        """Whether the public address is HTTPS, so that the cookie travels on nothing else."""
        return self.base_url.startswith("https://")


def load(**over: Any) -> Settings:
    """Read the environment.

    Raises `Misconfigured` with one sentence for each thing that is missing or wrong.
    """
    try:
        settings = Settings(**over)
    except ValidationError as error:
        raise Misconfigured("\n".join(_sentence(problem) for problem in error.errors())) from error
    if settings.demo and not settings.secret:
        settings = settings.model_copy(update={"secret": _demo_secret(settings.folder)})
    if settings.demo and "second_factor" not in settings.model_fields_set:
        # The demonstration is visited with the codes printed in its guide; `1` shows the second factor all the same.
        settings = settings.model_copy(update={"second_factor": False})
    return settings


# What pydantic says in English of a setting that an operator may mistype.
WANTED = {
    "int_parsing": "écrivez un nombre entier",
    "bool_parsing": "écrivez 1 ou 0",
    "less_than_equal": "{le} au plus",
    "greater_than_equal": "{ge} au moins",
}


def _sentence(problem: Any) -> str:
    """Our own sentences as they are; for the others, which setting it is and what was given."""
    if problem["type"] == "value_error":
        return str(problem["msg"]).removeprefix("Value error, ")
    name = "_".join(str(part) for part in problem["loc"]).upper()
    wanted = WANTED.get(problem["type"], problem["msg"]).format(**problem.get("ctx", {}))
    return f"CONVENTION_{name} ne peut pas valoir « {problem['input']} » : {wanted}."


def _demo_secret(folder: Path) -> str:
    # The demo keeps its own secret beside its database, so that codes still work after a restart.
    kept = folder / "secret"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not kept.exists():
            with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(32))
        return kept.read_text()
    except OSError as error:
        raise Misconfigured(f"Le dossier {folder.absolute()} n’est pas accessible en écriture.") from error
