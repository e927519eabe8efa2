import pickle
import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from tasks.som.estimator import conventions
from tasks.som.estimator.som import SOM


def small(**changes) -> SOM:
    return SOM(**{"shape": (6, 5), "epochs": 3, "sigma": (2.0, 0.7), **changes})


def test_a_clone_has_the_parameters_and_nothing_learned(samples) -> None:
    som = small(init=np.zeros((30, 9)), decay=lambda start, end, t: end).fit(samples)
    again = clone(som)
    assert not hasattr(again, "codebook_")
    assert again.get_params().keys() == som.get_params().keys()
    np.testing.assert_array_equal(again.fit(samples).codebook_, som.codebook_)
    with pytest.raises(NotFittedError):
        check_is_fitted(clone(som))
    check_is_fitted(som)


def test_parameters_are_changed_by_name_only() -> None:
    som = small().set_params(shape=(3, 3), torus=True)
    assert (som.shape, som.torus) == ((3, 3), True)
    with pytest.raises(ValueError, match="SOM has no parameter 'rows'; it has shape, topology"):
        som.set_params(rows=4)


def test_it_is_a_step_of_a_pipeline(samples) -> None:
    raw = samples * 7 + 100
    scaled = StandardScaler().fit_transform(raw)
    pipeline = make_pipeline(StandardScaler(), small()).fit(raw)
    expected = small().fit(scaled)
    np.testing.assert_array_equal(pipeline.predict(raw), expected.labels_)
    assert pipeline.score(raw) == -expected.quantization_error(scaled)
    assert pipeline.get_feature_names_out().tolist() == ["som_row", "som_col"]
    np.testing.assert_array_equal(clone(pipeline).fit_predict(raw), expected.labels_)


def test_its_places_are_features_for_the_next_step(samples) -> None:
    target = (samples[:, 0] > 0).astype(int)
    pipeline = make_pipeline(StandardScaler(), small(), KNeighborsClassifier(5))
    assert pipeline.fit(samples, target).score(samples, target) > 0.7


def test_a_search_finds_the_larger_map(samples) -> None:
    search = GridSearchCV(small(), {"shape": [(2, 2), (5, 5)], "torus": np.array([False])}, cv=2)
    assert search.fit(samples[:400]).best_params_["shape"] == (5, 5)


def test_a_pickled_map_is_the_same_map(samples) -> None:
    som = small(topology="hex").fit(samples)
    again = pickle.loads(pickle.dumps(som))
    np.testing.assert_array_equal(again.predict(samples), som.labels_)
    np.testing.assert_array_equal(
        again.partial_fit(samples).codebook_, som.partial_fit(samples).codebook_
    )


ALONE = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"sklearn", "torch", "cupy", "skimage", "cv2", "prefect"}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
import numpy as np
from tasks.som.estimator.som import SOM

print(sorted({name.partition(".")[0] for name in sys.modules}))
values = np.random.default_rng(0).normal(size=(60, 3))
som = SOM((4, 4), epochs=2).fit(values)
som.save(sys.argv[1])
assert (SOM.load(sys.argv[1]).partial_fit(values).predict(values) >= 0).all()
"""


def test_it_works_without_scikit_learn_torch_and_cupy_and_imports_little(tmp_path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", ALONE, str(tmp_path / "map.som")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    loaded = set(run.stdout.replace("'", "").strip("[]\n").split(", "))
    heavy = {"sklearn", "torch", "cupy", "skimage", "cv2", "prefect", "scipy", "matplotlib"}
    assert not loaded & (heavy | {"zarr", "xarray", "pandas", "numba"})


class Frame:
    """What a data frame of pandas is to an estimator."""

    def __init__(self, values: np.ndarray, columns: list) -> None:
        self.values, self.columns = values, columns

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        return self.values


def test_features_of_a_data_frame_keep_their_names(samples, tmp_path) -> None:
    known, other = list("abcdefghi"), list("abcdefgih")
    som = small().fit(Frame(samples, known))
    assert som.feature_names_in_.tolist() == known
    som.save(tmp_path / "map.som")
    for one in (som, SOM.load(tmp_path / "map.som")):
        one.predict(samples)
        one.partial_fit(Frame(samples, known))
        for use in (one.predict, one.quantization_error, one.partial_fit):
            with pytest.raises(ValueError, match="The feature names should match those that were"):
                use(Frame(samples, other))
    assert not hasattr(som.fit(Frame(samples, list(range(9)))), "feature_names_in_")
    assert small().partial_fit(Frame(samples, other)).feature_names_in_.tolist() == other


def test_a_map_that_has_not_learned_raises_what_scikit_learn_knows() -> None:
    for use in (SOM().u_matrix, lambda: SOM().predict(np.ones((3, 3)))):
        with pytest.raises(NotFittedError, match="not fitted; call fit"):
            use()


def test_without_scikit_learn_the_error_is_of_the_same_kinds(monkeypatch) -> None:
    monkeypatch.delitem(sys.modules, "sklearn.exceptions")
    with pytest.raises(conventions.NotFittedError) as caught:
        SOM().u_matrix()
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, AttributeError)
