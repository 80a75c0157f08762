"""Hypothesis without a stop-watch: a busy machine is not a broken rule."""

from hypothesis import HealthCheck, Phase, settings

settings.register_profile("rules", deadline=None)
settings.register_profile(
    "mutation",
    deadline=None,
    derandomize=True,
    max_examples=25,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.differing_executors],
)
settings.load_profile("rules")
