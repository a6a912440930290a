"""Codes of recordings in words: causes of gaps, sources of times, what stays on a camera.

Not for the law on them.
"""

from liuhen.law.vocabulary import GapCause
from liuhen.recordings.timing import TimeSource

# Art. 21 names fault, damage and weather; the last two are no objective causes.
CAUSES = {
    GapCause.FAULT: "设备故障",
    GapCause.DAMAGE: "设备损坏",
    GapCause.WEATHER: "天气恶劣",
    GapCause.OTHER_OBJECTIVE: "其他客观原因",
    GapCause.HUMAN: "人为原因",
    GapCause.NOT_MADE: "未开机或者未携带设备",
}
SOURCES = {
    TimeSource.RECORDER: "录制程序记录，本系统时钟",
    TimeSource.STATED: "人员登记",
    TimeSource.TAG: "文件内记载，设备时钟未校准",
    TimeSource.TAG_CORRECTED: "文件内记载，已按设备时钟偏差校正",
    TimeSource.NAME: "文件名，设备时钟未校准",
    TimeSource.NAME_CORRECTED: "文件名，已按设备时钟偏差校正",
    TimeSource.UNKNOWN: "没有可信的时间",
}
# As what a file or folder was left on a camera, in the order in which they are told.
LEFT_ON_CAMERA = {
    "not_media": "非音像文件",
    "companion": "设备附属文件",
    "system": "系统文件",
    "hidden": "隐藏文件",
    "link": "链接",
    "special": "特殊文件",
}
