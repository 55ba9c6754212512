"""The board of those who keep fundwatch running: throughput, latency, lag, refusals, state."""

from typing import Final

from dashboards import thresholds
from dashboards.panels import (
    BYTES,
    COUNT,
    NUMBER,
    PER_SECOND,
    SECONDS,
    TIME,
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

_NOW = Row(
    "总览 Overview",
    (
        stat(
            "在线进程",
            "Processes of fundwatch that Prometheus reaches.",
            NUMBER,
            'sum(up{job="fundwatch"})',
            steps=(Step(1, "green"),),
        ),
        stat(
            "已接收事件",
            "Events taken in since the processes started.",
            COUNT,
            "sum(fundwatch_events_total)",
        ),
        stat(
            "拒收记录",
            "Records refused since the processes started; each is a dead letter with its reason.",
            COUNT,
            "sum(fundwatch_rejected_total) or vector(0)",
        ),
        stat(
            "最新事件时间",
            "Latest event time seen.",
            TIME,
            "max(fundwatch_watermark_seconds) * 1000",
        ),
        stat(
            "近一日重启",
            "Starts of processes in the last day, of the one that started most often.",
            NUMBER,
            'max(changes(process_start_time_seconds{job="fundwatch"}[1d]))',
            steps=(Step(thresholds.RESTARTS_AN_HOUR, "orange"),),
        ),
        stat(
            "规则异常",
            "Records on which a rule broke since the start; the log says where.",
            NUMBER,
            "sum(fundwatch_rule_failures) or vector(0)",
            steps=(Step(1, "red"),),
        ),
    ),
)

_THROUGHPUT = Row(
    "吞吐 Throughput",
    (
        lines(
            "事件速率（按类型）",
            "Events a second, by kind.",
            PER_SECOND,
            Query(
                "sum by (event_type) (rate(fundwatch_events_total[$__rate_interval]))",
                "{{event_type}}",
            ),
            stacked=True,
        ),
        bars(
            "已接收事件（按类型）",
            "Events taken in since the processes started, by kind.",
            COUNT,
            Query("sum by (event_type) (fundwatch_events_total)", "{{event_type}}"),
        ),
        lines(
            "单条处理时间",
            "Processing time per event of the last batch, by process, the slowest ten.",
            SECONDS,
            Query("topk(10, fundwatch_event_seconds)", "{{instance}}"),
        ),
        lines(
            "重复投递",
            "Events a second that were delivered again and changed nothing.",
            PER_SECOND,
            Query("sum(rate(fundwatch_events_again_total[$__rate_interval]))", "重复 again"),
        ),
        bars(
            "拒收记录（按原因）",
            "Records refused since the processes started, by reason; and dead letters kept in the"
            " ledger.",
            COUNT,
            Query(
                "topk(20, sum by (reason) (fundwatch_rejected_total))", "拒收 refused {{reason}}"
            ),
            Query("topk(20, fundwatch:dead_letters)", "死信 kept {{reason}}"),
        ),
        lines(
            "未知字段",
            "Fields a second that the contract does not know and that were kept out.",
            PER_SECOND,
            Query("sum(rate(fundwatch_unknown_fields_total[$__rate_interval]))", "未知 unknown"),
        ),
    ),
)

_LATENCY = Row(
    "时延 Latency",
    (
        lines(
            "事件到预警可见",
            "From an event's arrival at the intake to its alert standing in the ledger.",
            SECONDS,
            *quantiles("fundwatch_alert_visible_seconds"),
            steps=(Step(thresholds.VISIBLE_SECONDS, "red"),),
        ),
        heatmap(
            "事件到预警可见（分布）",
            "Alerts by how long they took to be visible.",
            SECONDS,
            "sum by (le) (increase(fundwatch_alert_visible_seconds_bucket[$__rate_interval]))",
        ),
        lines(
            "预警到页面",
            "From an alert's commit to its being sent to a page that follows the feed.",
            SECONDS,
            *quantiles("fundwatch_feed_seconds"),
        ),
        lines(
            "批处理时间",
            "Time to process and commit a batch.",
            SECONDS,
            *quantiles("fundwatch_batch_seconds"),
        ),
        heatmap(
            "事件迟到（分布）",
            "How far events lie behind the latest one seen, event time.",
            SECONDS,
            "sum by (le) (increase(fundwatch_lateness_seconds_bucket[$__rate_interval]))",
        ),
        lines(
            "事前核查时延",
            "Time to answer a pre-settlement question.",
            SECONDS,
            *quantiles("fundwatch_precheck_seconds"),
            steps=(Step(thresholds.PRECHECK_SECONDS, "red"),),
        ),
        bars(
            "事前核查结论",
            "Answers to pre-settlement questions since the processes started.",
            COUNT,
            Query("sum by (verdict) (fundwatch_prechecks_total)", "{{verdict}}"),
        ),
    ),
)

_CLUSTER = Row(
    "集群 Cluster",
    (
        lines(
            "消息积压（前二十）",
            "Messages not yet taken, of the twenty partitions furthest behind.",
            COUNT,
            Query(
                "topk(20, sum by (source, partition) (fundwatch_lag_records))",
                "{{source}}/{{partition}}",
            ),
            steps=(Step(thresholds.LAG_MESSAGES, "red"),),
        ),
        lines(
            "确认时间",
            "Time until what a batch led to was acknowledged by Kafka and committed.",
            SECONDS,
            *quantiles("fundwatch_acknowledge_seconds"),
        ),
        lines(
            "转发事实",
            "Facts a second sent on to institutions, accounts and documents.",
            PER_SECOND,
            Query("sum(rate(fundwatch_facts_total[$__rate_interval]))", "事实 facts"),
        ),
        bars(
            "错放与缺失",
            "Events found in a partition that is not their key's, and messages deleted before a"
            " state had seen them, since the processes started.",
            COUNT,
            Query("sum(fundwatch_misplaced_events_total)", "错放 misplaced"),
            Query("sum by (stage) (fundwatch_missed_messages_total)", "缺失 missed {{stage}}"),
        ),
        bars(
            "台账可达",
            "Workers whose last batch the ledger took, and those it did not take.",
            COUNT,
            Query("sum(fundwatch_ledger_reachable)", "可达 reachable"),
            Query("sum(1 - fundwatch_ledger_reachable)", "不可达 unreachable"),
        ),
    ),
)

_STATE = Row(
    "状态与资源 State and resources",
    (
        bars(
            "状态记录（按历史）",
            "Records remembered, by kind of history.",
            COUNT,
            Query("sum by (history) (fundwatch_state_records)", "{{history}}"),
        ),
        lines(
            "内存（前十）",
            "Resident memory of the ten largest processes.",
            BYTES,
            Query('topk(10, process_resident_memory_bytes{job="fundwatch"})', "{{instance}}"),
            steps=(Step(thresholds.MEMORY_BYTES, "red"),),
        ),
        lines(
            "处理器（前十）",
            "Processor seconds a second, of the ten busiest processes.",
            SECONDS,
            Query(
                'topk(10, rate(process_cpu_seconds_total{job="fundwatch"}[$__rate_interval]))',
                "{{instance}}",
            ),
        ),
        lines(
            "打开文件（前十）",
            "Open files of the ten processes with most of them.",
            COUNT,
            Query('topk(10, process_open_fds{job="fundwatch"})', "{{instance}}"),
        ),
        lines(
            "台账记录",
            "Entries of the ledger's hash-chained journal.",
            COUNT,
            Query("max(fundwatch_journal_entries)", "台账 journal"),
        ),
        lines(
            "台账读数时效",
            "Seconds since the figures of the ledger were last read.",
            SECONDS,
            Query("time() - max(fundwatch_ledger_read_seconds)", "时效 age"),
            steps=(Step(thresholds.FIGURES_SECONDS, "red"),),
        ),
    ),
)

BOARD: Final = Board(
    uid="fundwatch-operations",
    title="运行监控 Operations",
    description="Throughput, latency from event to alert, lag, refusals, state and restarts.",
    rows=(_NOW, _THROUGHPUT, _LATENCY, _CLUSTER, _STATE),
    since="now-1h",
)
