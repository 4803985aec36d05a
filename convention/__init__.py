"""Convention: the platform on which a city runs a citizen convention, from the mandate to the follow-up."""

__version__ = "0.1.0"
