import pytest
import yaml

from tasks.core import params
from tasks.core.errors import InputError


def test_every_section_of_the_project_is_valid(project):
    assert set(params.load_all()) == set(params.SECTIONS)


def test_every_section_has_a_model_whose_fields_are_all_required(project):
    for name in params.SECTIONS:
        assert all(field.is_required() for field in params.model(name).model_fields.values()), name


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("pictures.scenes", 0, "pictures.scenes"),
        ("pictures.scenes", "many", "pictures.scenes"),
        ("pictures.scenes", 2.5, "pictures.scenes"),
        ("pictures.size", 100, "pictures.size"),
        ("pictures.nonsense", 1, "pictures.nonsense"),
        ("pictures.pattern", "../*", "pictures.pattern"),
        ("pictures.pattern", "a**b/**c", "pictures.pattern"),
        ("pictures.source", {"name": ["x"]}, "unknown name"),
        ("som.clusters", 5000, "clusters is 5000"),
        ("pictures.source", {"name": "webcam"}, "built_in, folder, video"),
        ("pictures.source", {"name": "video"}, "every"),
        ("runtime.device", "tpu", "runtime.device"),
        ("items.root", "", "items.root"),
        ("runner", {"name": "ray"}, "unknown name 'ray'; choose one of dask, threads"),
        ("runner", {"name": "threads", "workers": 2}, "workers"),
        ("runner", {"name": "dask", "workers": 2}, "address"),
        ("runner", {"name": "dask", "address": "here", "workers": 2}, "address"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_parameter(set_params, name, value, words):
    set_params({name: value})
    with pytest.raises(InputError) as caught:
        params.load(name.partition(".")[0])
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_key_is_named(project):
    content = yaml.safe_load((project / "params.yaml").read_text())
    del content["pictures"]["scenes"]
    (project / "params.yaml").write_text(yaml.safe_dump(content))
    with pytest.raises(InputError, match=r"pictures\.scenes: Field required"):
        params.load("pictures")


@pytest.mark.parametrize(
    "text", ["- a\n- b\n", "a: [", "surprise: {}\n", "", "som: {}\nsom: {}\n"]
)
def test_a_file_that_holds_no_sections_is_refused(project, text):
    (project / "params.yaml").write_text(text)
    with pytest.raises(InputError, match=r"params\.yaml"):
        params.load("pictures")


def test_a_missing_file_is_named(project):
    (project / "params.yaml").unlink()
    with pytest.raises(InputError, match="not found"):
        params.load("pictures")


def test_values_are_changed_in_place_and_nothing_else_is(project):
    before = (project / "params.yaml").read_text()
    changed = params.change(
        {"som.epochs": 7, "base.scratch.rate": 1e-5, "controlnet.curve": [0, 600], "som.rows": 32}
    )
    assert changed == {
        "som.epochs": (10, 7),
        "base.scratch.rate": (0.001, 1e-5),
        "controlnet.curve": ([0, 50, 100, 200, 400, 600], [0, 600]),
    }
    after = (project / "params.yaml").read_text()
    assert yaml.safe_load(after)["base"]["scratch"]["rate"] == 1e-5
    lines = zip(before.splitlines(), after.splitlines(), strict=True)
    different = [new.split() for old, new in lines if old != new]
    assert different == [
        ["epochs:", "7"],
        ["rate:", "1.0e-05"],
        ["curve:", "[0,", "600]", "#", "steps"],
    ]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("som.nothing", 1, r"som\.nothing: there is no such parameter"),
        ("nothing.epochs", 1, r"nothing\.epochs: there is no such parameter"),
        ("som", 1, r"som: there is no such parameter"),
        ("som.epochs", 0, r"som\.epochs: .* \(got 0\)"),
        ("controlnet.steps", 601, "curve must rise and end at steps = 601"),
    ],
)
def test_a_change_that_is_refused_leaves_the_file(project, name, value, words):
    before = (project / "params.yaml").read_bytes()
    with pytest.raises(InputError, match=words):
        params.change({name: value})
    assert (project / "params.yaml").read_bytes() == before
    assert [path.name for path in project.iterdir()] == ["params.yaml"]
