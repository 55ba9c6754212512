"""The alerting rules of operation: silence, lag, lateness, refusals, what broke."""

from typing import Final

from dashboards import thresholds as limits
from dashboards.rules import Alarm, Group, Series, steady

_WORKER: Final = 'job="fundwatch",instance="w:1"'


OPERATIONS: Final = Group(
    "fundwatch-operations",
    alarms=(
        Alarm(
            name="FundwatchDown",
            severity="critical",
            expr='up{job="fundwatch"} == 0',
            minutes=limits.DOWN_MINUTES,
            zh="进程无响应：Prometheus 读不到其指标",
            en="A process of fundwatch does not answer Prometheus.",
            fires=(Series(f"up{{{_WORKER}}}", "1 0+0x10"),),
            quiet=(Series(f"up{{{_WORKER}}}", "1 0 1+0x10"),),
            at=6,
            labels={"job": "fundwatch", "instance": "w:1"},
        ),
        Alarm(
            name="FundwatchRestarting",
            severity="warning",
            expr=(
                'changes(process_start_time_seconds{job="fundwatch"}[1h])'
                f" > {limits.RESTARTS_AN_HOUR}"
            ),
            minutes=0,
            zh="进程一小时内多次重启",
            en="A process of fundwatch started again and again within an hour.",
            fires=(Series(f"process_start_time_seconds{{{_WORKER}}}", "100+100x5"),),
            quiet=(Series(f"process_start_time_seconds{{{_WORKER}}}", "100+100x2 300+0x5"),),
            at=6,
            labels={"job": "fundwatch", "instance": "w:1"},
        ),
        Alarm(
            name="FundwatchNoEvents",
            severity="critical",
            expr="sum(rate(fundwatch_events_total[15m])) == 0",
            minutes=limits.QUIET_MINUTES,
            zh="长时间没有收到结算事件：上游停发或链路中断",
            en="No event has come for long: the sender has stopped or the link is broken.",
            fires=(
                Series('fundwatch_events_total{event_type="settlement",area="640100"}', "9+0x120"),
            ),
            quiet=(
                Series('fundwatch_events_total{event_type="settlement",area="640100"}', "9+1x120"),
            ),
            at=90,
        ),
        Alarm(
            name="FundwatchBehind",
            severity="warning",
            expr=f"sum(fundwatch_lag_records) > {limits.LAG_MESSAGES}",
            minutes=limits.LAG_MINUTES,
            zh="消息积压超过上限：工作进程跟不上",
            en="More messages wait than workers keep up with.",
            fires=(
                Series(
                    'fundwatch_lag_records{source="e",partition="0"}',
                    steady(limits.LAG_MESSAGES, 30),
                ),
                Series('fundwatch_lag_records{source="e",partition="1"}', "1+0x30"),
            ),
            quiet=(
                Series(
                    'fundwatch_lag_records{source="e",partition="0"}',
                    steady(limits.LAG_MESSAGES, 30),
                ),
            ),
            at=20,
        ),
        Alarm(
            name="FundwatchAlertsLate",
            severity="warning",
            expr=f"fundwatch:alert_visible_seconds:p95 > {limits.VISIBLE_SECONDS:g}",
            minutes=10,
            zh="预警可见时延过高：第95百分位超过上限",
            en="5 of 100 alerts stand in the ledger later than they should.",
            fires=(
                Series('fundwatch_alert_visible_seconds_bucket{le="10"}', "0+1x30"),
                Series('fundwatch_alert_visible_seconds_bucket{le="30"}', "0+10x30"),
                Series('fundwatch_alert_visible_seconds_bucket{le="+Inf"}', "0+10x30"),
            ),
            quiet=(
                Series('fundwatch_alert_visible_seconds_bucket{le="10"}', "0+10x30"),
                Series('fundwatch_alert_visible_seconds_bucket{le="30"}', "0+10x30"),
                Series('fundwatch_alert_visible_seconds_bucket{le="+Inf"}', "0+10x30"),
            ),
            at=20,
        ),
        Alarm(
            name="FundwatchRecordsRefused",
            severity="warning",
            expr=(
                f"fundwatch:rejected:rate15m > {limits.REJECTED_SHARE:g}"
                " * (fundwatch:events:rate5m + fundwatch:rejected:rate15m)"
                f" and sum(increase(fundwatch_rejected_total[15m])) >= {limits.REJECTED_LEAST}"
            ),
            minutes=5,
            zh="拒收比例过高：上游数据格式可能变化",
            en="Too many records are refused: the sender's data may have changed.",
            fires=(
                Series('fundwatch_events_total{event_type="settlement"}', "0+100x40"),
                Series('fundwatch_rejected_total{reason="not_json"}', "0+2x40"),
            ),
            quiet=(
                Series('fundwatch_events_total{event_type="settlement"}', "0+1000x40"),
                Series('fundwatch_rejected_total{reason="not_json"}', "0+2x40"),
            ),
            at=30,
        ),
        Alarm(
            name="FundwatchRuleBroken",
            severity="critical",
            expr="sum by (rule) (fundwatch_rule_failures) > 0",
            minutes=0,
            zh="规则运行出错：相关记录未被该规则检查",
            en="A rule broke on records, which it has not checked.",
            fires=(Series('fundwatch_rule_failures{rule="split_billing"}', "0 1+0x5"),),
            quiet=(Series('fundwatch_rule_failures{rule="split_billing"}', "0+0x5"),),
            at=3,
            labels={"rule": "split_billing"},
        ),
        Alarm(
            name="FundwatchLedgerUnreachable",
            severity="critical",
            expr="min(fundwatch_ledger_reachable) == 0",
            minutes=2,
            zh="台账数据库不可写：预警在消息队列中等待",
            en="The ledger does not take what workers write; alerts wait in their topic.",
            fires=(
                Series('fundwatch_ledger_reachable{instance="w:1"}', "1 0+0x10"),
                Series('fundwatch_ledger_reachable{instance="w:2"}', "1+0x10"),
            ),
            quiet=(Series('fundwatch_ledger_reachable{instance="w:1"}', "1 0 1+0x10"),),
            at=5,
        ),
        Alarm(
            name="FundwatchFiguresStale",
            severity="warning",
            expr=f"time() - max(fundwatch_ledger_read_seconds) > {limits.FIGURES_SECONDS}",
            minutes=5,
            zh="台账指标陈旧：看板显示的不是当前情况",
            en="The figures of the ledger are old: boards do not show what is.",
            fires=(Series("fundwatch_ledger_read_seconds", "0+0x30"),),
            quiet=(Series("fundwatch_ledger_read_seconds", "0+60x30"),),
            at=20,
        ),
        Alarm(
            name="FundwatchMessagesMissed",
            severity="critical",
            expr="sum by (stage) (fundwatch_missed_messages_total) > 0",
            minutes=0,
            zh="消息在处理前已被删除：部分事件未被检查",
            en="Messages were deleted before a state had seen them: events went unchecked.",
            fires=(Series('fundwatch_missed_messages_total{stage="persons"}', "0 5+0x5"),),
            quiet=(Series('fundwatch_missed_messages_total{stage="persons"}', "0+0x5"),),
            at=3,
            labels={"stage": "persons"},
        ),
        Alarm(
            name="FundwatchMemoryHigh",
            severity="warning",
            expr=f'process_resident_memory_bytes{{job="fundwatch"}} > {limits.MEMORY_BYTES}',
            minutes=15,
            zh="进程内存过高",
            en="A process of fundwatch holds more memory than it should.",
            fires=(
                Series(
                    f"process_resident_memory_bytes{{{_WORKER}}}",
                    f"{limits.MEMORY_BYTES + 1}+0x30",
                ),
            ),
            quiet=(
                Series(
                    f"process_resident_memory_bytes{{{_WORKER}}}", f"{limits.MEMORY_BYTES}+0x30"
                ),
            ),
            at=20,
            labels={"job": "fundwatch", "instance": "w:1"},
        ),
        Alarm(
            name="FundwatchPrechecksSlow",
            severity="warning",
            expr=f"fundwatch:precheck_seconds:p99 > {limits.PRECHECK_SECONDS:g}",
            minutes=5,
            zh="事前核查响应过慢：结算窗口在等待",
            en="1 of 100 pre-settlement questions is answered too late; a settlement desk waits.",
            fires=(
                Series('fundwatch_precheck_seconds_bucket{le="0.1"}', "0+1x30"),
                Series('fundwatch_precheck_seconds_bucket{le="0.25"}', "0+10x30"),
                Series('fundwatch_precheck_seconds_bucket{le="+Inf"}', "0+10x30"),
            ),
            quiet=(
                Series('fundwatch_precheck_seconds_bucket{le="0.1"}', "0+10x30"),
                Series('fundwatch_precheck_seconds_bucket{le="0.25"}', "0+10x30"),
                Series('fundwatch_precheck_seconds_bucket{le="+Inf"}', "0+10x30"),
            ),
            at=15,
        ),
    ),
)
