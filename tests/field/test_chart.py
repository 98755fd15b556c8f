"""The chart of deploy/, as helm itself reads it."""
import json
import os
import pathlib
import re
import subprocess

import pytest
import yaml

CHART = pathlib.Path(__file__).resolve().parent.parent.parent / "deploy/helm/wharf"
KEYS = ["WHARF_DB_URI", "WHARF_SECRET_KEY", "WHARF_DATABASE_SECRET_KEY"]
NEEDED = {"secret.WHARF_DB_URI": "postgresql://wharf:x@postgres/wharf", "secret.WHARF_SECRET_KEY": "a" * 32,
          "secret.WHARF_DATABASE_SECRET_KEY": "b" * 32}


def helm(*arguments, check=True, **values):
    sets = [word for name, value in values.items()
            for word in ("--set-json", f"{name}={json.dumps(value)}")]
    program = pathlib.Path(os.environ["WHARF_GO_CLIENTS"]) / "helm"
    done = subprocess.run([program, *arguments, "--kube-version", "1.31.0", *sets], capture_output=True, text=True,
                          timeout=60)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def rendered(**values):
    needed = {} if "existingSecret" in values else NEEDED
    out = helm("template", "reg", CHART, **{**needed, **values}).stdout
    return {entry["kind"]: entry for entry in yaml.safe_load_all(out) if entry}


def container_of(made):
    container, = made["Deployment"]["spec"]["template"]["spec"]["containers"]
    return container


def secret_environment(made):
    """{variable: (Secret, key)}; none of them may be missing when a pod starts."""
    references = {entry["name"]: entry["valueFrom"]["secretKeyRef"] for entry in container_of(made)["env"]
                  if "valueFrom" in entry}
    assert "envFrom" not in container_of(made)  # takes a Secret without a key for one that need not have it
    assert not any(reference.get("optional") for reference in references.values())
    return {name: (reference["name"], reference["key"]) for name, reference in references.items()}


EVERYTHING = {"existingSecret": "mine", "secretKeys": ["AWS_ACCESS_KEY_ID"], "autoscaling.enabled": True,
              "ingress.enabled": True, "config.TRUSTED_PROXY_CIDR": ["10.42.0.0/16"], "networkPolicy.enabled": True,
              "networkPolicy.from": [{"podSelector": {}}],
              "extraVolumes": [{"name": "ca", "configMap": {"name": "ca"}}],
              "extraVolumeMounts": [{"name": "ca", "mountPath": "/ca"}], "terminationGracePeriodSeconds": 300,
              "deploymentAnnotations": {"a": "b"}, "podAnnotations": {"a": "b"}}


@pytest.mark.parametrize("values", [{}, NEEDED, EVERYTHING])
def test_helm_finds_nothing_to_say(values):
    assert "0 chart(s) failed" in helm("lint", "--strict", CHART, **values).stdout


@pytest.mark.parametrize(("values", "kinds"), [
    ({}, set()),
    ({"ingress.enabled": True, "ingress.tlsSecret": "tls", "config.TRUSTED_PROXY_CIDR": []}, {"Ingress"}),
    ({"autoscaling.enabled": True}, {"HorizontalPodAutoscaler"}),
    ({"networkPolicy.enabled": True, "networkPolicy.from": [{"podSelector": {}}]}, {"NetworkPolicy"})])
def test_what_is_rendered(values, kinds):
    made = rendered(**values)
    assert set(made) == {"ConfigMap", "Secret", "Deployment", "Service", "ServiceAccount",
                         "PodDisruptionBudget"} | kinds
    pod = made["Deployment"]["spec"]["template"]
    selectors = [made["Service"]["spec"]["selector"], made["Deployment"]["spec"]["selector"]["matchLabels"],
                 made["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"]]
    if policy := made.get("NetworkPolicy"):
        selectors.append(policy["spec"]["podSelector"]["matchLabels"])
    for selector in selectors:
        assert selector and selector.items() <= pod["metadata"]["labels"].items()
    name = made["Secret"]["metadata"]["name"]
    assert secret_environment(made) == {key: (name, key) for key in KEYS}
    assert set(made["Secret"]["stringData"]) == set(KEYS)
    assert "S3Storage" in made["ConfigMap"]["data"]["config.yaml"]
    # Nothing secret where everybody may look.
    assert "a" * 32 not in yaml.safe_dump([entry for kind, entry in made.items() if kind != "Secret"])
    assert ("replicas" in made["Deployment"]["spec"]) == ("autoscaling.enabled" not in values)


def test_everything_of_the_charts_own_secret_is_used():
    made = rendered(**{"secret.WHARF_MAIL_PASSWORD": "x"})
    assert set(secret_environment(made)) == set(made["Secret"]["stringData"]) == {*KEYS, "WHARF_MAIL_PASSWORD"}


def test_a_pod_does_not_start_without_what_it_needs_of_a_secret_of_ones_own():
    made = rendered(existingSecret="mine", secretKeys=["AWS_ACCESS_KEY_ID"])
    assert "Secret" not in made
    assert secret_environment(made) == {key: ("mine", key) for key in [*KEYS, "AWS_ACCESS_KEY_ID"]}


def test_the_stores_come_from_the_secret_where_that_has_them():
    for values in ({"existingSecret": "mine", "secretKeys": ["WHARF_DISTRIBUTED_STORAGE_CONFIG"]},
                   {"secret.WHARF_DISTRIBUTED_STORAGE_CONFIG": "{}"}):
        made = rendered(**values)
        assert "DISTRIBUTED_STORAGE_CONFIG" not in yaml.safe_load(made["ConfigMap"]["data"]["config.yaml"])
        assert "WHARF_DISTRIBUTED_STORAGE_CONFIG" in secret_environment(made)


def test_values_reach_the_pods():
    made = rendered(**EVERYTHING)
    pod, container = made["Deployment"]["spec"]["template"]["spec"], container_of(made)
    assert EVERYTHING["extraVolumes"][0] in pod["volumes"]
    assert EVERYTHING["extraVolumeMounts"][0] in container["volumeMounts"]
    assert pod["terminationGracePeriodSeconds"] == 300
    assert container["readinessProbe"]["httpGet"]["path"] == "/_internal_ping"


def test_a_migration_has_hours():
    probe = container_of(rendered())["startupProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] >= 6 * 3600
    assert container_of(rendered(**{"probes.startup.failureThreshold": 7}))["startupProbe"]["failureThreshold"] == 7


@pytest.mark.parametrize(("values", "seconds"), [({}, 50), ({"config.SHUTDOWN_GRACE_S": 600}, 620),
                                                 ({"config.SHUTDOWN_GRACE_S": 600, "preStopSeconds": 30}, 645)])
def test_a_pod_lives_until_its_requests_had_their_time(values, seconds):
    assert rendered(**values)["Deployment"]["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] == seconds


def test_numbers_in_the_configuration_stay_whole():
    made = rendered(**{"config.MAXIMUM_LAYER_SIZE": 20_000_000_000})
    assert "MAXIMUM_LAYER_SIZE: 20000000000\n" in made["ConfigMap"]["data"]["config.yaml"]


def test_a_change_of_what_the_chart_knows_makes_other_pods():
    before, same, configured, keyed = (
        rendered(**values)["Deployment"]["spec"]["template"]["metadata"]["annotations"]
        for values in ({}, {}, {"config.REGISTRY_TITLE": "x"}, {"secret.WHARF_SECRET_KEY": "c" * 32}))
    assert before == same and before != configured and before != keyed


S3 = ["S3Storage", {"s3_bucket": "x"}]


@pytest.mark.parametrize(("values", "message"), [
    ({"replicas": 0}, "values don't meet"),
    ({"readinessPath": "/x"}, "values don't meet"),
    ({"secret.WHARF_SECRET_KEY": "short"}, "values don't meet"),
    ({"config.MAIL_PASSWORD": "x"}, "/config/MAIL_PASSWORD"),
    ({"config.DB_READ_REPLICAS": []}, "/config/DB_READ_REPLICAS"),
    ({"config.DISTRIBUTED_STORAGE_CONFIG.default": ["S3Storage", {"s3_bucket": "x", "s3_secret_key": "y"}]},
     "s3_secret_key"),
    ({"config.DISTRIBUTED_STORAGE_CONFIG.default": [
        "RadosGWStorage", {"hostname": "rgw", "bucket_name": "x", "secret_key": "y"}]}, "secret_key"),
    ({"config.DISTRIBUTED_STORAGE_CONFIG.other": S3}, "several locations (default, other)"),
    ({"ingress.enabled": True}, "config.TRUSTED_PROXY_CIDR is needed"),
    ({"networkPolicy.enabled": True}, "networkPolicy.from is needed"),
    ({"existingSecret": "mine", "secret.WHARF_MAIL_PASSWORD": "x"}, "give one of the two"),
    ({"secretKeys": ["WHARF_MAIL_PASSWORD"]}, "secretKeys says what existingSecret has")])
def test_what_is_wrong_is_refused(values, message):
    needed = {} if "existingSecret" in values else NEEDED
    wrong = helm("template", "reg", CHART, check=False, **{**needed, **values})
    assert wrong.returncode != 0 and message in wrong.stderr, wrong.stderr


def test_what_is_missing_is_named():
    missing = helm("template", "reg", CHART, check=False)
    assert missing.returncode != 0 and "is needed (or existingSecret)" in missing.stderr, missing.stderr


def test_a_location_of_another_name_takes_the_place_of_the_default_one():
    made = rendered(**{"config.DISTRIBUTED_STORAGE_CONFIG": {"default": None, "ceph": S3}})
    config = yaml.safe_load(made["ConfigMap"]["data"]["config.yaml"])
    assert config["DISTRIBUTED_STORAGE_CONFIG"] == {"ceph": S3}


def test_the_example_of_the_readme_is_rendered(tmp_path):
    text = (CHART.parent.parent / "README.md").read_text()
    example, = (block.split("```")[0] for block in text.split("```yaml\n")[1:])
    values = tmp_path / "values.yaml"
    values.write_text(example)
    out = helm("template", "registry", CHART, "-f", values).stdout
    made = {entry["kind"]: entry for entry in yaml.safe_load_all(out) if entry}
    assert {"Ingress", "NetworkPolicy"} <= set(made)
    # What the README makes by kubectl is what the pods want, and the deployment has the name that it restarts.
    assert set(secret_environment(made)) == set(re.findall(r"--from-literal=(\w+)=", text))
    assert f"rollout restart deployment {made['Deployment']['metadata']['name']}`" in text
