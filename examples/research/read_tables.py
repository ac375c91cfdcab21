"""Reads a study's tables and prints who differs; draws a chart where matplotlib is there.

    python read_tables.py STUDY
"""

import sys
from pathlib import Path

import pandas as pd

study = Path(sys.argv[1] if len(sys.argv) > 1 else "study")
groups = pd.read_csv(study / "tables/by_group.csv", keep_default_na=False, na_values={"value": "", "lower": "", "upper": ""})
shares = groups[(groups["group"] == "gender") & (groups["measure"].str.startswith("share abusive"))]
print(shares[["level", "measure", "value", "lower", "upper", "note"]].to_string(index=False))

models = pd.read_csv(study / "tables/regression.csv")
odds = models[(models["measure"] == "odds ratio") & models["term"].str.startswith("gender=")]
print(odds[["model", "term", "value", "lower", "upper"]].to_string(index=False))

try:
    import matplotlib.pyplot as plt
except ImportError:
    sys.exit()
plain = shares[shares["measure"] == "share abusive"].dropna(subset=["value"])
plt.errorbar(plain["value"], plain["level"], xerr=[plain["value"] - plain["lower"], plain["upper"] - plain["value"]], fmt="o")
plt.xlabel("share of messages, uncorrected")
plt.savefig("gender.png")
