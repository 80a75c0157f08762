"""Hypothesis without a stop-watch: a busy machine is not a broken rule."""

from hypothesis import HealthCheck, Phase, settings

# What every test runs with: new examples each time.
settings.register_profile("searching", deadline=None)
# What `./check` runs with: the same examples each time, so that what passed here passes there.
settings.register_profile(
    "repeatable",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
# What `tools/mutate.sh` runs with.
settings.register_profile(
    "mutation",
    deadline=None,
    derandomize=True,
    max_examples=25,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.differing_executors],
)
settings.load_profile("searching")
