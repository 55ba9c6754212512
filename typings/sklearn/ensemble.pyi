from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

class IsolationForest:
    def __init__(
        self,
        *,
        n_estimators: int = ...,
        max_samples: int | float | str = ...,
        random_state: int | None = ...,
        n_jobs: int | None = ...,
    ) -> None: ...
    def fit(self, matrix: NDArray[Any], labels: None = ..., /) -> Self: ...
    def score_samples(self, matrix: NDArray[Any], /) -> NDArray[np.float64]: ...

class HistGradientBoostingClassifier:
    def __init__(
        self,
        *,
        learning_rate: float = ...,
        max_iter: int = ...,
        max_leaf_nodes: int | None = ...,
        max_features: float = ...,
        min_samples_leaf: int = ...,
        l2_regularization: float = ...,
        early_stopping: bool | str = ...,
        random_state: int | None = ...,
    ) -> None: ...
    def fit(
        self,
        matrix: NDArray[Any],
        labels: NDArray[Any],
        /,
        sample_weight: NDArray[Any] | None = ...,
    ) -> Self: ...
    def predict_proba(self, matrix: NDArray[Any], /) -> NDArray[np.float64]: ...
    def decision_function(self, matrix: NDArray[Any], /) -> NDArray[np.float64]: ...

class RandomForestClassifier:
    def __init__(
        self,
        n_estimators: int = ...,
        *,
        max_depth: int | None = ...,
        max_features: float | int | str = ...,
        max_samples: float | int | None = ...,
        min_samples_leaf: int = ...,
        n_jobs: int | None = ...,
        random_state: int | None = ...,
    ) -> None: ...
    def fit(self, matrix: NDArray[Any], labels: NDArray[Any], /) -> Self: ...
    def predict_proba(self, matrix: NDArray[Any], /) -> NDArray[np.float64]: ...
