"""Parts of a model to bytes and back, in skops' format and with an own list of what it may hold.

skops writes the addresses of objects and the time into its archives; both are taken out, so that
the same model gives the same bytes. What is read is checked before skops sees it: only the types
named here may stand in an archive, whatever skops itself would trust.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any, Final

import skops.io

from detectors.store.manifest import ModelError

_SKLEARN: Final = (
    "sklearn._loss._loss.CyHalfBinomialLoss",
    "sklearn._loss.link.Interval",
    "sklearn._loss.link.LogitLink",
    "sklearn._loss.loss.HalfBinomialLoss",
    "sklearn.ensemble._forest.ExtraTreesClassifier",
    "sklearn.ensemble._forest.RandomForestClassifier",
    "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
    "sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingClassifier",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.ensemble._iforest.IsolationForest",
    "sklearn.isotonic.IsotonicRegression",
    "sklearn.linear_model._logistic.LogisticRegression",
    "sklearn.pipeline.Pipeline",
    "sklearn.preprocessing._data.PowerTransformer",
    "sklearn.preprocessing._data.QuantileTransformer",
    "sklearn.preprocessing._data.RobustScaler",
    "sklearn.preprocessing._data.StandardScaler",
    "sklearn.preprocessing._label.LabelEncoder",
    "sklearn.tree._classes.DecisionTreeClassifier",
    "sklearn.tree._classes.DecisionTreeRegressor",
    "sklearn.tree._classes.ExtraTreeClassifier",
    "sklearn.tree._classes.ExtraTreeRegressor",
    "sklearn.tree._tree.Tree",
)
_PLAIN: Final = (
    "builtins.dict",
    "builtins.float",
    "builtins.int",
    "builtins.list",
    "builtins.str",
    "builtins.tuple",
    "numpy.dtype",
    "numpy.ndarray",
    "numpy.bool",
    "numpy.float32",
    "numpy.float64",
    "numpy.int32",
    "numpy.int64",
    "numpy.uint8",
    "numpy.uint32",
    "numpy.uint64",
    "numpy.random._generator.Generator",
)
TRUSTED: Final = frozenset(_SKLEARN) | frozenset(_PLAIN)
"""Everything that may stand in an archive; plain values are text of JSON under `builtins.str`.

An estimator that is used for the first time must be added here by hand, after a look at it.
"""
_LOADERS: Final = frozenset(
    {
        "DictNode",
        "JsonNode",
        "ListNode",
        "LossNode",
        "NdArrayNode",
        "ObjectNode",
        "RandomGeneratorNode",
        "TreeNode",
        "TupleNode",
        "TypeNode",
    }
)
"""Sorts of nodes that are read: none that calls a function of its archive's choice."""
_SCHEMA: Final = "schema.json"
_THEN: Final = (1980, 1, 1, 0, 0, 0)
_LARGEST: Final = 1 << 30


def packed(part: object) -> bytes:
    """A part as a skops archive. Raises ModelError if it holds what may not be loaded again."""
    content = skops.io.dumps(part)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        schema = json.loads(archive.read(_SCHEMA))
        _check(schema, "the part")
        files: dict[str, str] = {}
        numbers: dict[int, int] = {}
        plain = _renumbered(schema, numbers, files)
        arrays = {new: archive.read(old) for old, new in files.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in arrays.items():
            archive.writestr(_entry(name), body, zipfile.ZIP_DEFLATED, 6)
        text = json.dumps(plain, separators=(",", ":"))
        archive.writestr(_entry(_SCHEMA), text, zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()


def unpacked(content: bytes, name: str) -> Any:
    """The part in an archive called `name`. Raises ModelError if it holds anything untrusted."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _LARGEST:
                raise ModelError(
                    f"{name}: unpacks to more than a gibibyte, which no model of ours"
                    " does: train the model again with this fundwatch"
                )
            schema = json.loads(archive.read(_SCHEMA))
        _check(schema, name)
        return skops.io.loads(content, trusted=sorted(TRUSTED))
    except ModelError:
        raise
    except Exception as error:
        # skops and numpy raise what they like for an archive they did not write.
        raise ModelError(
            f"{name}: is not an archive that can be read ({type(error).__name__}): copy the model"
            " again from where it was trained, or train it again"
        ) from None


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _THEN)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _nodes(schema: object) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if "__loader__" in schema or "__class__" in schema:
            yield schema
        for value in schema.values():
            yield from _nodes(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _nodes(value)


def _check(schema: object, name: str) -> None:
    for node in _nodes(schema):
        kind, loader = f"{node.get('__module__')}.{node.get('__class__')}", node.get("__loader__")
        if kind not in TRUSTED or loader not in _LOADERS:
            raise ModelError(
                f"{name}: holds {kind} ({loader}), which is not on the list of types a model may"
                " hold (detectors.store.artefact.TRUSTED): use only models that fundwatch trained"
            )


def _renumbered(value: Any, numbers: dict[int, int], files: dict[str, str]) -> Any:
    """The schema with objects numbered in the order in which they stand there."""
    if isinstance(value, dict):
        told: dict[str, Any] = {}
        for key, inner in value.items():
            if key == "__id__" and isinstance(inner, int):
                told[key] = numbers.setdefault(inner, len(numbers) + 1)
            elif key == "file" and isinstance(inner, str):
                new = files.setdefault(inner, f"{len(files) + 1}.{inner.rpartition('.')[2]}")
                told[key] = new
            else:
                told[key] = _renumbered(inner, numbers, files)
        return told
    if isinstance(value, list):
        return [_renumbered(inner, numbers, files) for inner in value]
    return value
