"""The chart of deploy/, as helm itself reads it."""
import os
import pathlib
import subprocess

import pytest
import yaml

CHART = pathlib.Path(__file__).resolve().parent.parent.parent / "deploy/helm/wharf"
NEEDED = {"secret.WHARF_DB_URI": "postgresql://wharf:x@postgres/wharf", "secret.WHARF_SECRET_KEY": "a" * 32,
          "secret.WHARF_DATABASE_SECRET_KEY": "b" * 32}


def helm(*arguments, check=True, **values):
    sets = [word for name, value in values.items() for word in ("--set", f"{name}={value}")]
    program = pathlib.Path(os.environ["WHARF_GO_CLIENTS"]) / "helm"
    done = subprocess.run([program, *arguments, "--kube-version", "1.31.0", *sets], capture_output=True, text=True,
                          timeout=60)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def rendered(**values):
    out = helm("template", "reg", CHART, **{**NEEDED, **values}).stdout
    return {entry["kind"]: entry for entry in yaml.safe_load_all(out) if entry}


def test_helm_finds_nothing_to_say():
    assert "0 chart(s) failed" in helm("lint", "--strict", CHART, **NEEDED).stdout


@pytest.mark.parametrize(("values", "kinds"), [
    ({}, set()),
    ({"ingress.enabled": "true", "ingress.tlsSecret": "tls"}, {"Ingress"}),
    ({"autoscaling.enabled": "true"}, {"HorizontalPodAutoscaler"})])
def test_what_is_rendered(values, kinds):
    made = rendered(**values)
    assert set(made) == {"ConfigMap", "Secret", "Deployment", "Service", "ServiceAccount",
                         "PodDisruptionBudget"} | kinds
    pod = made["Deployment"]["spec"]["template"]
    for selector in (made["Service"]["spec"]["selector"], made["Deployment"]["spec"]["selector"]["matchLabels"],
                     made["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"]):
        assert selector.items() <= pod["metadata"]["labels"].items()
    container, = pod["spec"]["containers"]
    assert container["envFrom"] == [{"secretRef": {"name": made["Secret"]["metadata"]["name"]}}]
    assert "S3Storage" in made["ConfigMap"]["data"]["config.yaml"]
    # Nothing secret where everybody may look.
    assert "a" * 32 not in yaml.safe_dump([entry for kind, entry in made.items() if kind != "Secret"])
    assert ("replicas" in made["Deployment"]["spec"]) == ("autoscaling.enabled" not in values)


def test_a_secret_of_ones_own_is_used():
    out = helm("template", "reg", CHART, existingSecret="mine").stdout
    made = {entry["kind"]: entry for entry in yaml.safe_load_all(out) if entry}
    assert "Secret" not in made
    container, = made["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert container["envFrom"] == [{"secretRef": {"name": "mine"}}]


def test_what_is_missing_or_wrong_is_refused():
    missing = helm("template", "reg", CHART, check=False)
    assert missing.returncode != 0 and "is needed (or existingSecret)" in missing.stderr, missing.stderr
    for name, value in (("replicas", 0), ("readinessPath", "/x"), ("secret.WHARF_SECRET_KEY", "short")):
        wrong = helm("template", "reg", CHART, check=False, **{**NEEDED, name: value})
        assert wrong.returncode != 0 and "values don't meet" in wrong.stderr, wrong.stderr
