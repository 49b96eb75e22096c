"""The language of behaviours: definitions as text, checked, and evaluated on columns."""

from mihari.behaviours.language.evaluating import evaluate
from mihari.behaviours.language.facts import Events, Facts, Field, MemoryFacts, Vocabulary
from mihari.behaviours.language.mistakes import LanguageError
from mihari.behaviours.language.needs import needs
from mihari.behaviours.language.parsing import parse
from mihari.behaviours.language.syntax import Definition, Definitions, Parameter
from mihari.behaviours.language.units import Quantity
from mihari.behaviours.language.writing import written

__all__ = [
    "Definition",
    "Definitions",
    "Events",
    "Facts",
    "Field",
    "LanguageError",
    "MemoryFacts",
    "Parameter",
    "Quantity",
    "Vocabulary",
    "evaluate",
    "needs",
    "parse",
    "written",
]
