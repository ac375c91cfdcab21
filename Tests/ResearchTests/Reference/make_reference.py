"""Makes reference.json: inputs, and what known implementations compute from them.

    python3 -m venv .venv && .venv/bin/pip install -r requirements.txt
    .venv/bin/python make_reference.py

The tests of Sources/Research/Statistics read the file and compare. Where no package has a statistic, its published
formula is written out here a second time, with numpy, independently of the Swift code.
"""

import itertools
import json
import warnings
from pathlib import Path

import krippendorff
import numpy as np
import ppi_py
import scipy.stats as st
import statsmodels.api as sm
from samplics.estimation import TaylorEstimator
from samplics.utils.types import PopParam
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

warnings.simplefilter("ignore")
rng = np.random.default_rng(20240308)
out = {}


def clean(value):
    if isinstance(value, dict):
        return {key: clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(item) for item in value]
    if isinstance(value, np.ndarray):
        return clean(value.tolist())
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value) if np.isfinite(value) else None
    return value


def proportions():
    cases = []
    for k, n in [(0, 10), (1, 10), (10, 10), (403, 857), (783, 2175), (3, 339932), (33993, 339932)]:
        for level in (0.9, 0.95, 0.99):
            low, high = proportion_confint(k, n, 1 - level, "wilson")
            exact = proportion_confint(k, n, 1 - level, "beta")
            cases.append(dict(k=k, n=n, level=level, wilson=[low, high], exact=list(exact)))
    differences = []
    for a, n1, b, n2 in [(403, 857, 783, 2175), (0, 20, 5, 30), (9, 10, 3, 10), (1, 2, 1, 3)]:
        low, high = confint_proportions_2indep(a, n1, b, n2, method="newcomb", compare="diff")
        differences.append(dict(a=a, n1=n1, b=b, n2=n2, difference=a / n1 - b / n2, interval=[low, high]))
    rates = []
    for a, ea, b, eb in [(12, 7, 30, 30), (0, 7, 4, 7), (5, 1, 0, 2)]:
        low, high = proportion_confint(a, a + b, 0.05, "beta")
        odds = lambda p: p / (1 - p) * eb / ea if p < 1 else np.inf
        rates.append(dict(a=a, ea=ea, b=b, eb=eb, interval=[odds(low), odds(high)]))
    out["proportions"] = cases
    out["differences"] = differences
    out["rates"] = rates


def concentration():
    amounts = rng.negative_binomial(0.6, 0.02, 60).astype(float)
    ordered = np.sort(amounts)
    # Gini as half the relative mean absolute difference.
    gini = np.abs(ordered[:, None] - ordered[None, :]).mean() / (2 * ordered.mean())
    descending = ordered[::-1].cumsum() / ordered.sum()
    out["concentration"] = dict(
        amounts=amounts, gini=gini, lorenz=np.concatenate([[0], ordered.cumsum() / ordered.sum()]),
        half=int(np.argmax(descending >= 0.5)) + 1, top5=descending[4])


def log_odds():
    first = rng.poisson(6, 25).astype(float)
    second = rng.poisson(5, 25).astype(float)
    prior = first + second + rng.poisson(40, 25) + 1.0
    results = {}
    for name, size in (("whole", prior.sum()), ("scaled", 100.0)):
        alpha = prior / prior.sum() * size
        a0, n1, n2 = alpha.sum(), first.sum(), second.sum()
        delta = np.log((first + alpha) / (n1 + a0 - first - alpha)) - np.log(
            (second + alpha) / (n2 + a0 - second - alpha))
        variance = 1 / (first + alpha) + 1 / (second + alpha)
        results[name] = dict(delta=delta, variance=variance, z=delta / np.sqrt(variance))
    out["logOdds"] = dict(first=first, second=second, prior=prior, **results)


def exact_tail(table):
    """Freeman and Halton's exact test: every table with these margins, by brute force, and scipy's probability of each."""
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    margins = st.random_table(rows, columns)
    here = margins.pmf(table)
    inner = [range(min(r, c) + 1) for r in rows[:-1] for c in columns[:-1]]
    total = 0.0
    for cells in itertools.product(*inner):
        other = np.zeros(table.shape, dtype=int)
        other[:-1, :-1] = np.array(cells).reshape(len(rows) - 1, len(columns) - 1)
        other[:-1, -1] = rows[:-1] - other[:-1, :-1].sum(axis=1)
        other[-1] = columns - other[:-1].sum(axis=0)
        if other.min() < 0:
            continue
        probability = margins.pmf(other)
        if probability <= here * (1 + 1e-7):
            total += probability
    return total


def tables():
    cases = []
    for table in ([[403, 454], [783, 1392]], [[3, 1], [1, 3]], [[0, 5], [6, 2]], [[12, 5, 9], [3, 14, 8]],
                  [[30, 0, 4], [5, 7, 0], [8, 8, 8]], [[2, 40], [5, 31], [0, 12]], [[1, 9], [3, 2], [0, 6], [4, 4]]):
        table = np.array(table)
        chi2, p, df, _ = st.chi2_contingency(table, correction=False)
        case = dict(table=table, chi2=chi2, p=p, df=df, cramer=st.contingency.association(table, method="cramer"))
        if table.shape == (2, 2):
            odds, exact = st.fisher_exact(table)
            case.update(fisher=exact, odds=odds)
        case.update(exact=exact_tail(table))
        cases.append(case)
    out["tables"] = cases
    p = np.concatenate([rng.uniform(0, 0.05, 5), rng.uniform(0, 1, 5), [0.01, 0.01]])
    out["holm"] = dict(p=p, adjusted=multipletests(p, method="holm")[1])
    out["distributions"] = dict(
        t=[dict(x=x, df=df, p=2 * st.t.sf(abs(x), df), q=st.t.ppf(0.975, df))
           for x, df in ((2.1, 1), (-0.4, 5), (8.5, 499))],
        f=[dict(x=x, a=a, b=b, p=st.f.sf(x, a, b)) for x, a, b in ((3.3, 2.7, 80.4), (0.2, 1, 9))],
        chi2=[dict(x=x, df=df, p=st.chi2.sf(x, df)) for x, df in ((3.84, 1), (50, 3.3))])


def agreement():
    first = rng.integers(0, 3, 120)
    second = np.where(rng.uniform(size=120) < 0.7, first, rng.integers(0, 3, 120))
    table = np.zeros((3, 3))
    for a, b in zip(first, second):
        table[a, b] += 1
    result = cohens_kappa(table)
    assert abs(result.kappa - cohen_kappa_score(first, second)) < 1e-12
    out["kappa"] = dict(table=table, kappa=result.kappa, lower=result.kappa_low, upper=result.kappa_upp)
    units = []
    for _ in range(60):
        truth = rng.integers(0, 4)
        judges = [int(truth if rng.uniform() < 0.75 else rng.integers(0, 4)) for _ in range(rng.integers(1, 5))]
        units.append(judges)
    data = np.full((4, len(units)), np.nan)
    for column, judges in enumerate(units):
        data[: len(judges), column] = judges
    out["alpha"] = dict(units=units, **{
        level: krippendorff.alpha(reliability_data=data, level_of_measurement=level, value_domain=[0, 1, 2, 3])
        for level in ("nominal", "ordinal", "interval")})


def clusters_data():
    """Messages in clusters, with a group, a number and a factor."""
    count, size = 24, 40
    group = np.repeat(rng.integers(0, 2, count), size)
    cluster = np.repeat(np.arange(count), size)
    number = np.round(np.repeat(rng.normal(size=count), size) + rng.normal(scale=0.5, size=count * size), 3)
    factor = rng.integers(0, 3, count * size)
    effect = np.repeat(rng.normal(scale=0.5, size=count), size)
    eta = -1.2 + 0.6 * group + 0.3 * number - 0.4 * (factor == 2) + effect
    y = (rng.uniform(size=count * size) < 1 / (1 + np.exp(-eta))).astype(int)
    return y, group, number, factor, cluster


def logistic():
    y, group, number, factor, cluster = clusters_data()
    x = np.column_stack([np.ones(len(y)), group, number, factor == 1, factor == 2]).astype(float)
    plain = sm.GLM(y, x, family=sm.families.Binomial()).fit(tol=1e-14, maxiter=100)
    robust = sm.GLM(y, x, family=sm.families.Binomial()).fit(
        tol=1e-14, maxiter=100, cov_type="cluster", cov_kwds=dict(groups=cluster), use_t=True)
    t = st.t.ppf(0.975, 23)
    logit = sm.Logit(y, x).fit(disp=0, tol=1e-14, maxiter=100, method="newton", cov_type="cluster",
                               cov_kwds=dict(groups=cluster))
    margins = logit.get_margeff(at="overall", method="dydx", dummy=True)
    # A factor of three levels: each level against the first for everybody.
    beta, cov = robust.params, robust.cov_params()
    effects = []
    for level in (1, 2):
        sides = []
        for value in (level, 0):
            other = x.copy()
            other[:, 3:] = 0
            if value:
                other[:, 2 + value] = 1
            p = 1 / (1 + np.exp(-other @ beta))
            sides.append((p.mean(), ((p * (1 - p))[:, None] * other).mean(axis=0)))
        gradient = sides[0][1] - sides[1][1]
        effects.append([sides[0][0] - sides[1][0], np.sqrt(gradient @ cov @ gradient)])
    wald = robust.wald_test(np.eye(5)[3:], use_f=True, scalar=True)
    out["logistic"] = dict(
        y=y, group=group, number=number, factor=factor, cluster=cluster, coefficients=plain.params,
        errors=plain.bse, deviance=plain.deviance, robustErrors=robust.bse,
        robustInterval=np.column_stack([beta - t * robust.bse, beta + t * robust.bse]),
        robustP=2 * st.t.sf(np.abs(beta / robust.bse), 23), marginGroup=[margins.margeff[0], margins.margeff_se[0]],
        marginNumber=[margins.margeff[1], margins.margeff_se[1]], marginFactor=effects, wald=float(wald.statistic))
    # An interaction of group and factor.
    z = np.column_stack([x, group * (factor == 1), group * (factor == 2)])
    inter = sm.GLM(y, z, family=sm.families.Binomial()).fit(tol=1e-14, maxiter=100)
    effect = []
    sides = []
    for value in (1, 0):
        other = z.copy()
        other[:, 1] = value
        other[:, 5] = value * (factor == 1)
        other[:, 6] = value * (factor == 2)
        p = 1 / (1 + np.exp(-other @ inter.params))
        sides.append((p.mean(), ((p * (1 - p))[:, None] * other).mean(axis=0)))
    gradient = sides[0][1] - sides[1][1]
    effect = [sides[0][0] - sides[1][0], np.sqrt(gradient @ inter.cov_params() @ gradient)]
    slope_gradient = None
    out["interaction"] = dict(coefficients=inter.params, errors=inter.bse, effect=effect)
    # Sampling weights, strata and clusters: Binder's sandwich, written out.
    weights = np.round(rng.uniform(0.3, 2.5, len(y)), 3)
    weights[::97] = 0
    strata = cluster // 6
    survey = sm.GLM(y, x, family=sm.families.Binomial(), freq_weights=weights).fit(tol=1e-14, maxiter=100)
    mu = survey.fittedvalues
    scores = x * (weights * (y - mu))[:, None]
    bread = np.linalg.inv((x * (weights * mu * (1 - mu))[:, None]).T @ x)
    meat = np.zeros((5, 5))
    for stratum in np.unique(strata):
        sums = np.array([scores[cluster == c].sum(axis=0) for c in np.unique(cluster[strata == stratum])])
        centred = sums - sums.mean(axis=0)
        meat += len(sums) / (len(sums) - 1) * centred.T @ centred
    cov = bread @ meat @ bread
    out["surveyLogistic"] = dict(
        weights=weights, strata=strata, coefficients=survey.params, errors=np.sqrt(np.diag(cov)), degrees=24 - 4)
    taylor(y, group, factor, cluster, strata, weights)


def taylor(y, group, factor, cluster, strata, weights):
    result = dict(shares=[])
    for value in (0, 1):
        estimate = TaylorEstimator(PopParam.prop)
        estimate.estimate(
            y=y, samp_weight=weights, stratum=strata, psu=cluster, domain=group, remove_nan=True)
        result["shares"].append(dict(
            group=value, share=estimate.point_est[value][1], error=estimate.stderror[value][1],
            lower=estimate.lower_ci[value][1], upper=estimate.upper_ci[value][1]))
    for name, variable in (("group", group), ("factor", factor)):
        result[name] = rao_scott(variable, y, cluster, strata, weights)
    out["taylor"] = result


def rao_scott(rows, columns, cluster, strata, weights):
    """The F of survey::svychisq in R (Thomas and Rao 1987), with its matrices by numpy."""
    kinds = [(r, c) for r in np.unique(rows) for c in np.unique(columns)]
    cells = np.array([(rows == r) & (columns == c) for r, c in kinds], dtype=float).T
    total = weights.sum()
    p = (weights @ cells) / total
    z = weights[:, None] * (cells - p) / total
    cov = np.zeros((len(p), len(p)))
    for stratum in np.unique(strata):
        sums = np.array([z[cluster == c].sum(axis=0) for c in np.unique(cluster[strata == stratum])])
        centred = sums - sums.mean(axis=0)
        cov += len(sums) / (len(sums) - 1) * centred.T @ centred
    n = (weights > 0).sum()
    x1 = np.column_stack([np.ones(len(p))] + [[k[0] == r for k in kinds] for r in np.unique(rows)[1:]]
                         + [[k[1] == c for k in kinds] for c in np.unique(columns)[1:]]).astype(float)
    x12 = np.column_stack([[k == (r, c) for k in kinds] for r in np.unique(rows)[1:]
                           for c in np.unique(columns)[1:]]).astype(float)
    residual = x12 - x1 @ np.linalg.pinv(x1) @ x12
    inverse = np.diag(1 / p)
    simple = (np.diag(p) - np.outer(p, p)) / n
    delta = np.linalg.solve(residual.T @ inverse @ simple @ inverse @ residual,
                            residual.T @ inverse @ cov @ inverse @ residual)
    grid = p.reshape(len(np.unique(rows)), -1)
    expected = np.outer(grid.sum(axis=1), grid.sum(axis=0))
    pearson = n * ((grid - expected) ** 2 / expected).sum()
    d0 = np.trace(delta) ** 2 / np.trace(delta @ delta)
    d1 = d0 * (len(np.unique(cluster)) - len(np.unique(strata)))
    if len(p) == 4:
        # In a table of two by two the design effect is that of the log odds ratio, here by a sandwich.
        x = np.column_stack([np.ones(len(rows)), rows == np.unique(rows)[1]]).astype(float)
        mu = sm.GLM(columns, x, family=sm.families.Binomial(), freq_weights=weights).fit(tol=1e-14).fittedvalues
        score = x * (weights * (columns - mu))[:, None]
        bread = np.linalg.inv((x * (weights * mu * (1 - mu))[:, None]).T @ x)
        meat = np.zeros((2, 2))
        for stratum in np.unique(strata):
            sums = np.array([score[cluster == c].sum(axis=0) for c in np.unique(cluster[strata == stratum])])
            centred = sums - sums.mean(axis=0)
            meat += len(sums) / (len(sums) - 1) * centred.T @ centred
        effect = (bread @ meat @ bread)[1, 1] / (1 / (n * p)).sum()
        assert abs(effect - np.trace(delta)) < 1e-9
    f = pearson / np.trace(delta)
    return dict(f=f, d0=d0, d1=d1, p=st.f.sf(f, d0, d1), pearson=pearson)


def grouped():
    """The same messages one by one and as sums of cells: equal coefficients and clustered errors."""
    count = 12
    cells = []
    for politician in range(count):
        for month in range(4):
            n = int(rng.integers(3, 40))
            p = 1 / (1 + np.exp(-(-1 + 0.7 * (politician % 2) + 0.1 * month + rng.normal(scale=0.4))))
            cells.append((politician, politician % 2, month, n, int(rng.binomial(n, p))))
    cells = np.array(cells)
    expand = lambda column: np.repeat(cells[:, column], cells[:, 3])
    y = np.concatenate([[1] * k + [0] * (n - k) for _, _, _, n, k in cells])
    x = np.column_stack([np.ones(len(y)), expand(1), expand(2)]).astype(float)
    fit = sm.GLM(y, x, family=sm.families.Binomial()).fit(
        tol=1e-14, maxiter=100, cov_type="cluster", cov_kwds=dict(groups=expand(0)))
    out["grouped"] = dict(cells=cells, coefficients=fit.params, errors=fit.bse)


def counts():
    n = 80
    group = rng.integers(0, 2, n)
    exposure = rng.integers(50, 4000, n).astype(float)
    mu = exposure * np.exp(-2.5 + 0.5 * group) * rng.gamma(2.0, 0.5, n)
    y = rng.poisson(mu)
    x = np.column_stack([np.ones(n), group]).astype(float)
    quasi = sm.GLM(y, x, family=sm.families.Poisson(), offset=np.log(exposure)).fit(scale="X2", tol=1e-14, maxiter=100)
    model = sm.NegativeBinomial(y, x, offset=np.log(exposure), loglike_method="nb2")
    fit = model.fit(disp=0, maxiter=500, gtol=1e-12, method="bfgs")
    fit = model.fit(start_params=fit.params, disp=0, maxiter=100, method="newton", tol=1e-14)
    out["counts"] = dict(
        y=y, group=group, exposure=exposure, quasi=quasi.params, quasiErrors=quasi.bse, scale=quasi.scale,
        negative=fit.params, negativeErrors=fit.bse, logLikelihood=fit.llf)


def misclassification():
    cases = []
    z = st.norm.ppf(0.975)
    for ap, n, se, n_se, sp, n_sp in [(0.1, 339932, 0.8, 200, 0.97, 800), (0.3, 500, 0.9, 60, 0.85, 140),
                                      (0.02, 1000, 0.7, 20, 0.99, 300)]:
        value = (ap + sp - 1) / (se + sp - 1)
        n2, a2 = n + z**2, (n * ap + z**2 / 2) / (n + z**2)
        se2, sp2 = (n_se * se + 1) / (n_se + 2), (n_sp * sp + 1) / (n_sp + 2)
        t = (a2 + sp2 - 1) / (se2 + sp2 - 1)
        shift = 2 * z**2 * (t * se2 * (1 - se2) / (n_se + 2) - (1 - t) * sp2 * (1 - sp2) / (n_sp + 2))
        error = np.sqrt(a2 * (1 - a2) / n2 + se2 * (1 - se2) * t**2 / (n_se + 2)
                        + sp2 * (1 - sp2) * (1 - t) ** 2 / (n_sp + 2)) / (se2 + sp2 - 1)
        clip = lambda v: min(1, max(0, v))
        cases.append(dict(ap=ap, n=n, se=se, nSe=n_se, sp=sp, nSp=n_sp, value=clip(value),
                          interval=[clip(t + shift - z * error), clip(t + shift + z * error)]))
    out["roganGladen"] = cases
    size, labelled = 4000, 300
    truth = rng.uniform(size=size) < 0.15
    score = np.clip(np.where(truth, rng.beta(3, 2, size), rng.beta(1, 2, size)), 0, 1).round(4)
    y, f, rest = truth[:labelled].astype(float), score[:labelled], score[labelled:]
    pooled = np.concatenate([f, rest])
    lam = None
    point = ppi_py.ppi_mean_pointestimate(y, f, rest)[0]
    full = ppi_py.ppi_mean_pointestimate(y, f, rest, lam=1)[0]
    lam = np.cov(y, f, ddof=0)[0, 1] / ((1 + labelled / len(rest)) * pooled.var(ddof=1))
    low, high = ppi_py.ppi_mean_ci(y, f, rest, alpha=0.05)
    # The package divides by n; by n - 1 the rectifier's variance is unbiased.
    error = lambda lam, ddof: np.sqrt(lam**2 * rest.var() / len(rest) + (y - lam * f).var(ddof=ddof) / labelled)
    assert abs((high[0] - low[0]) / 2 - z * error(lam, 0)) < 1e-10
    out["predictionPowered"] = dict(
        y=y, f=f, mean=rest.mean(), n=len(rest), variance=pooled.var(ddof=1), restVariance=rest.var(), tuning=lam,
        tuned=point, full=full, tunedError=error(lam, 1), fullError=error(1, 1))
    # Strata with unequal chances: Rogan and Gladen by the delta method, with numerical derivatives.
    score = np.where(truth, rng.beta(5, 3, size), rng.beta(1, 8, size)).round(4)
    stratum = (score > 0.2).astype(int) + (score > 0.6)
    chosen = np.concatenate([rng.choice(np.flatnonzero(stratum == s), 80, replace=False) for s in range(3)])
    weight = np.array([np.sum(stratum == s) / 80 for s in range(3)])[stratum[chosen]]
    predicted, real = score[chosen] > 0.4, truth[chosen]
    ap = float(np.mean(score > 0.4))

    def corrected(w):
        se = (w * predicted * real).sum() / (w * real).sum()
        sp = (w * ~predicted * ~real).sum() / (w * ~real).sum()
        return (ap + sp - 1) / (se + sp - 1)

    scores = np.empty(len(chosen))
    for index in range(len(chosen)):
        step = weight[index] * 1e-5
        up, down = weight.copy(), weight.copy()
        up[index] += step
        down[index] -= step
        scores[index] = weight[index] * (corrected(up) - corrected(down)) / (2 * step)
    variance = sum(80 / 79 * ((scores[s] - scores[s].mean()) ** 2).sum()
                   for s in (np.flatnonzero(stratum[chosen] == k) for k in range(3)))
    value = corrected(weight)
    out["roganGladenDesign"] = dict(
        stratum=stratum[chosen], weight=weight, predicted=predicted, truth=real, apparent=ap, value=value,
        interval=[value - z * np.sqrt(variance), value + z * np.sqrt(variance)])


for make in (proportions, concentration, log_odds, tables, agreement, logistic, grouped, counts, misclassification):
    make()
Path(__file__).with_name("reference.json").write_text(json.dumps(clean(out), separators=(",", ":")) + "\n")
