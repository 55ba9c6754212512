"""The board of the anomaly models: what they say, whether they drift, whether they are right."""

from typing import Final

from dashboards import thresholds
from dashboards.panels import (
    COUNT,
    NUMBER,
    SECONDS,
    SHARE,
    Board,
    Query,
    Row,
    Step,
    bars,
    heatmap,
    lines,
    quantiles,
    stat,
)

_DAY: Final = 86_400
_ANOMALY: Final = '{family="anomaly"}'

_NOW = Row(
    "总览 Overview",
    (
        stat(
            "可用模型",
            "Detectors whose model is loaded and in use.",
            NUMBER,
            "sum(max by (detector) (fundwatch_model_available))",
            steps=(Step(1, "green"),),
        ),
        stat(
            "最旧模型",
            "From the end of the training data of the oldest model in use to the latest event.",
            SECONDS,
            "max(fundwatch_watermark_seconds) - min(fundwatch_model_trained_seconds)",
            steps=(Step(thresholds.MODEL_DAYS * _DAY, "orange"),),
        ),
        stat(
            "最大漂移",
            "Largest population stability index of any feature of any detector.",
            NUMBER,
            "max(fundwatch_model_drift_psi)",
            steps=(Step(thresholds.DRIFT_WATCH, "orange"), Step(thresholds.DRIFT_ACT, "red")),
        ),
        stat(
            "模型预警",
            "Open alerts of the models.",
            COUNT,
            f"sum(fundwatch:open_alerts{_ANOMALY}) or vector(0)",
            link="/?family=anomaly",
        ),
        stat(
            "模型查实率",
            "Share of verdicts on alerts of the models that confirmed them.",
            SHARE,
            'sum(fundwatch:verdicts{rule=~"anomaly[.].*", verdict="confirmed"})'
            ' / sum(fundwatch:verdicts{rule=~"anomaly[.].*"})',
            steps=(Step(thresholds.PRECISION_LEAST, "green"),),
        ),
        stat(
            "全部查实率",
            "Share of all verdicts that confirmed the alert.",
            SHARE,
            'sum(fundwatch:verdicts{verdict="confirmed"}) / sum(fundwatch:verdicts)',
        ),
    ),
)

_SCORES = Row(
    "得分 Scores",
    (
        heatmap(
            "得分分布",
            "Scores of all detectors over time, as the share of the training data that scores"
            " lower.",
            SHARE,
            "sum by (le) (increase(fundwatch_model_scores_bucket[$__rate_interval]))",
            width=12,
        ),
        lines(
            "高分位得分（按检测器）",
            "The score that 1 of 100 exceeds, by detector.",
            SHARE,
            Query(
                "histogram_quantile(0.99, sum by (le, detector) "
                "(rate(fundwatch_model_scores_bucket[$__rate_interval])))",
                "{{detector}}",
            ),
            width=12,
        ),
        bars(
            "已评分（按检测器）",
            "Scores given since the processes started, by detector.",
            COUNT,
            Query("sum by (detector) (fundwatch_model_scores_count)", "{{detector}}"),
        ),
        lines(
            "评分时间",
            "Time to score a batch.",
            SECONDS,
            *quantiles("fundwatch_model_scoring_seconds"),
            steps=(Step(thresholds.SCORING_SECONDS, "red"),),
        ),
        bars(
            "模型可用（按检测器）",
            "1 where the detector has a model in use, 0 where it has none.",
            NUMBER,
            Query("max by (detector) (fundwatch_model_available)", "{{detector}}"),
        ),
    ),
)

_DRIFT = Row(
    "漂移 Drift",
    (
        bars(
            "漂移最大的特征（前二十）",
            "Population stability index of the twenty features that moved most since training.",
            NUMBER,
            Query(
                "topk(20, max by (detector, feature) (fundwatch_model_drift_psi))",
                "{{detector}} {{feature}}",
            ),
            width=12,
            steps=(Step(thresholds.DRIFT_WATCH, "orange"), Step(thresholds.DRIFT_ACT, "red")),
        ),
        lines(
            "漂移走势（按检测器）",
            "Largest population stability index of a detector's features over time.",
            NUMBER,
            Query("max by (detector) (fundwatch_model_drift_psi)", "{{detector}}"),
            width=12,
            steps=(Step(thresholds.DRIFT_WATCH, "orange"), Step(thresholds.DRIFT_ACT, "red")),
        ),
    ),
)

_TRUTH = Row(
    "查实 Verdicts",
    (
        bars(
            "查实率（按规则，前二十）",
            "Share of verdicts that confirmed the alert, of the twenty rules with the highest.",
            SHARE,
            Query("topk(20, fundwatch:rule_precision)", "{{rule}}"),
        ),
        bars(
            "判定数（按规则，前二十）",
            "Verdicts on the twenty rules with most of them.",
            COUNT,
            Query("topk(20, sum by (rule) (fundwatch:verdicts))", "{{rule}}"),
            link="/?rule=${__field.labels.rule}",
        ),
        bars(
            "模型预警（按规则）",
            "Open alerts of the models by rule.",
            COUNT,
            Query(f"topk(10, sum by (rule) (fundwatch:open_alerts{_ANOMALY}))", "{{rule}}"),
            link="/?rule=${__field.labels.rule}",
        ),
    ),
)

BOARD: Final = Board(
    uid="fundwatch-models",
    title="模型 Models",
    description="Scores, drift, age and speed of the anomaly models, and precision from verdicts.",
    rows=(_NOW, _SCORES, _DRIFT, _TRUTH),
    since="now-24h",
)
