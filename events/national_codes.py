"""The national code lists as enums: the member is the code, `zh` the name people read.

Source: national interface specification, dictionaries. Import them from `events.codes`.
"""

from enum import StrEnum
from typing import Self


class Code(StrEnum):
    """A code of a list: the member is the code's text, `zh` its Chinese name."""

    zh: str

    def __new__(cls, value: str, zh: str = "") -> Self:
        """Make a member from its code and name, or find it by its code."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh = zh
        return member


class MedType(Code):
    """Kind of treatment (`med_type`), the codes most provinces share; see `scheme_of`."""

    OUTPATIENT = "11", "普通门诊"
    REGISTRATION = "12", "门诊挂号"
    EMERGENCY = "13", "急诊"
    CHRONIC = "14", "门诊慢特病"
    SPECIAL_DRUG = "18", "特药购药"
    ACCIDENT = "19", "意外伤害门诊"
    INPATIENT = "21", "普通住院"
    INJURY = "22", "外伤住院"
    TRANSFER = "23", "转外诊治住院"
    EMERGENCY_ADMISSION = "24", "急诊转住院"
    DAY_SURGERY = "28", "日间手术"
    PHARMACY = "41", "定点药店购药"
    MATERNITY_OUTPATIENT = "51", "生育门诊"
    MATERNITY_INPATIENT = "52", "生育住院"
    BIRTH_CONTROL = "53", "计划生育手术"
    HOME_BED = "71", "家庭病床"


class Insutype(Code):
    """Kind of insurance (`insutype`)."""

    EMPLOYEE = "310", "职工基本医疗保险"
    CIVIL_SERVANT = "320", "公务员医疗补助"
    LARGE_AMOUNT = "330", "大额医疗费用补助"
    VETERAN_CADRE = "340", "离休人员医疗保障"
    DISABLED_SOLDIER = "350", "一至六级残废军人医疗补助"
    RED_ARMY = "360", "老红军医疗保障"
    ENTERPRISE = "370", "企业补充医疗保险"
    RURAL = "380", "新型农村合作医疗"
    RESIDENT = "390", "城乡居民基本医疗保险"
    URBAN_RESIDENT = "391", "城镇居民基本医疗保险"
    RESIDENT_CRITICAL = "392", "城乡居民大病医疗保险"
    SPECIAL = "399", "其他特殊人员医疗保障"
    LONG_TERM_CARE = "410", "长期护理保险"
    MATERNITY = "510", "生育保险"


class PsnType(Code):
    """Category of person (`psn_type`); provinces add digits."""

    EMPLOYED = "11", "在职"
    EMPLOYEE = "1101", "职工在职"
    CIVIL_SERVANT = "1102", "公务员在职"
    FLEXIBLE = "1103", "灵活就业人员在职"
    RETIRED = "12", "退休"
    RETIRED_EMPLOYEE = "1201", "职工退休"
    RETIRED_CIVIL_SERVANT = "1202", "公务员退休"
    RETIRED_FLEXIBLE = "1203", "灵活就业人员退休"
    EARLY_RETIRED = "1204", "提前退休"
    VETERAN_CADRE = "13", "离休"
    MINOR = "14", "居民（未成年）"
    ADULT = "15", "居民（成年）"
    ELDERLY = "16", "居民（老年）"
    DISABLED_SOLDIER = "33", "一至六级残疾军人"
    OLD_WORKER = "34", "建国前老工人"
    OTHER = "99", "其他"


class MdtrtCertType(Code):
    """Credential shown at treatment (`mdtrt_cert_type`)."""

    ELECTRONIC = "01", "医保电子凭证"
    IDENTITY_CARD = "02", "居民身份证"
    SOCIAL_CARD = "03", "社会保障卡"


class PsnCertType(Code):
    """Kind of identity document (`psn_cert_type`)."""

    IDENTITY_CARD = "01", "居民身份证（户口簿）"
    OFFICER = "02", "军官证"
    ARMED_POLICE = "03", "武装警察警官证"
    HONG_KONG = "04", "港澳居民来往内地通行证（香港）"
    MACAO = "05", "港澳居民来往内地通行证（澳门）"
    TAIWAN = "06", "台湾居民来往大陆通行证"
    PERMANENT_RESIDENCE = "07", "外国人永久居留证"
    FOREIGN_PASSPORT = "08", "外国人护照"
    DISABILITY = "09", "残疾人证"
    MARTYR_FAMILY = "10", "军烈属证明"
    FOREIGN_WORK = "11", "外国人就业证"
    FOREIGN_EXPERT = "12", "外国专家证"
    FOREIGN_JOURNALIST = "13", "外国人常驻记者证"
    TAIWAN_HK_MACAO_WORK = "14", "台港澳人员就业证"
    RETURNED_EXPERT = "15", "回国（来华）定居专家证"
    PASSPORT = "16", "中国护照"
    RESIDENCE_PERMIT = "17", "港澳台居民居住证"
    SOCIAL_CARD = "90", "社会保障卡"
    OTHER = "99", "其他身份证件"


class HospLv(Code):
    """Grade of a hospital (`hosp_lv`). Not in order of rank: compare `tier`, never the code."""

    THIRD_SPECIAL = "1", "三级特等"
    THIRD_A = "2", "三级甲等"
    THIRD_B = "3", "三级乙等"
    THIRD_C = "4", "三级丙等"
    SECOND_A = "5", "二级甲等"
    SECOND_B = "6", "二级乙等"
    SECOND_C = "7", "二级丙等"
    FIRST_A = "8", "一级甲等"
    FIRST_B = "9", "一级乙等"
    FIRST_C = "10", "一级丙等"
    UNGRADED = "11", "无等级"
    THIRD = "12", "三级无等"
    SECOND = "13", "二级无等"
    FIRST = "14", "一级无等"


class FixmedinsType(Code):
    """Kind of designated institution (`fixmedins_type`)."""

    MEDICAL = "1", "定点医疗机构"
    PHARMACY = "2", "定点零售药店"
    REHABILITATION = "3", "工伤定点康复机构"
    ASSISTIVE = "4", "辅助器具配置机构"
    BIRTH_CONTROL = "5", "计划生育服务机构"


class ChrgitmLv(Code):
    """Reimbursement class of an item (`chrgitm_lv`)."""

    A = "01", "甲类"
    B = "02", "乙类"
    C = "03", "丙类"


class MedChrgitmType(Code):
    """Kind of charge (`med_chrgitm_type`)."""

    BED = "01", "床位费"
    CONSULTATION = "02", "诊察费"
    EXAMINATION = "03", "检查费"
    LABORATORY = "04", "化验费"
    TREATMENT = "05", "治疗费"
    SURGERY = "06", "手术费"
    NURSING = "07", "护理费"
    MATERIAL = "08", "卫生材料费"
    WESTERN_DRUG = "09", "西药费"
    HERBAL_SLICE = "10", "中药饮片费"
    PATENT_DRUG = "11", "中成药费"
    GENERAL = "12", "一般诊疗费"
    REGISTRATION = "13", "挂号费"
    OTHER = "14", "其他费"


class ListType(Code):
    """Kind of catalogue (`list_type`)."""

    DRUG = "101", "西药中成药"
    HERBAL_SLICE = "102", "中药饮片"
    PREPARATION = "103", "自制剂"
    ETHNIC = "104", "民族药"
    OTHER = "105", "其他"
    GRANULE = "106", "中药配方颗粒"
    SERVICE = "201", "医疗服务项目"
    MATERIAL = "301", "医用耗材"


class FundPayType(Code):
    """Fund that pays a part of a settlement (`fund_pay_type`)."""

    EMPLOYEE_POOL = "310100", "城镇职工基本医疗保险统筹基金"
    EMPLOYEE_POOL_ADVANCE = "310101", "城镇职工基本医疗保险统筹基金（预付金）"
    EMPLOYEE_OUTPATIENT = "310102", "职工门诊统筹基金"
    EMPLOYEE_ACCOUNT = "310200", "城镇职工基本医疗保险个人账户基金"
    EMPLOYEE_CRITICAL = "310300", "职工大病补助基金"
    CIVIL_SERVANT = "320100", "公务员医疗补助基金"
    LARGE_AMOUNT = "330100", "大额医疗费用补助基金"
    VETERAN_CADRE = "340100", "离休人员医疗保障基金"
    DISABLED_SOLDIER = "350100", "一至六级残疾军人医疗补助基金"
    ENTERPRISE = "370100", "企业补充医疗保险基金"
    RESIDENT = "390100", "城乡居民基本医疗保险基金"
    RESIDENT_OUTPATIENT = "390102", "居民门诊统筹基金"
    RESIDENT_CRITICAL = "390200", "城乡居民大病医疗保险基金"
    WORK_INJURY = "410100", "工伤保险基金"
    MATERNITY = "510100", "生育基金"
    ASSISTANCE = "610100", "医疗救助基金"
    HOSPITAL = "999900", "医院垫付"
    HOSPITAL_FUND = "999996", "医院垫付基金"
    OTHER = "999997", "其他基金"


class PayLoc(Code):
    """Where a settlement is paid (`pay_loc`)."""

    CENTRE = "1", "中心"
    INSTITUTION = "2", "医疗机构"
    PROVINCE = "3", "省内异地"
    NATION = "4", "跨省异地"
    INTERNET = "5", "互联网医院"
    CITY = "6", "市内异地"


class PsnInsuStas(Code):
    """State of an insurance (`psn_insu_stas`)."""

    NOT_INSURED = "0", "未参保"
    ACTIVE = "1", "正常参保"
    SUSPENDED = "2", "暂停参保"
    INVALID = "3", "无效参保"
    TERMINATED = "4", "终止参保"


class Gend(Code):
    """Sex (`gend`, GB/T 2261.1)."""

    UNKNOWN = "0", "未知"
    MALE = "1", "男"
    FEMALE = "2", "女"
    UNSTATED = "9", "未说明性别"


class AcctUsedFlag(Code):
    """Whose personal account pays (`acct_used_flag`)."""

    NONE = "0", "不使用"
    OWN = "1", "使用本人个账"
    SHARED = "2", "使用共济人个账"


class InvChgType(Code):
    """Kind of stock movement (`inv_chg_type`)."""

    TRANSFER_IN = "101", "调拨入库"
    TRANSFER_OUT = "102", "调拨出库"
    SURPLUS = "103", "盘盈"
    SHORTAGE = "104", "盘损"
    DESTROYED = "105", "销毁"
    OTHER_IN = "106", "其他入库"
    OTHER_OUT = "107", "其他出库"
    PURCHASE = "108", "商品采购入库"
    PURCHASE_RETURN = "109", "商品退货出库"
    GIFT = "110", "赠药入库"
    GIFT_RETURN = "111", "赠药退回出库"


class DscgWay(Code):
    """Way of leaving hospital (`dscg_way`)."""

    ORDERED = "1", "医嘱离院"
    TRANSFERRED = "2", "医嘱转院"
    COMMUNITY = "3", "医嘱转社区卫生服务机构/乡镇卫生院"
    UNORDERED = "4", "非医嘱离院"
    DEATH = "5", "死亡"
    OTHER = "9", "其他"


class BizAppyType(Code):
    """Kind of filing (`biz_appy_type`)."""

    CHRONIC = "01", "门慢门特登记"
    ACCIDENT = "02", "意外伤害登记"
    DESIGNATED = "03", "就医定点医疗机构登记"
    HOME_BED = "04", "家庭病床登记"
    FAMILY_DOCTOR = "05", "家庭医生签约登记"
    REFERRAL = "06", "转诊转院登记"
    EMERGENCY_ELSEWHERE = "07", "异地急诊住院登记"
    RESETTLED = "08", "异地安置登记"
    SPECIAL_CARE = "09", "特检特治登记"
    SPECIAL_DRUG = "10", "特殊药品登记"
    LONG_PRESCRIPTION = "11", "长期带药登记"
    PROXY_PURCHASE = "12", "代购药品登记"
    MATERNITY = "13", "生育备案登记"
    ACCOUNT = "14", "账户备案登记"
    TEMPORARY_RELIEF = "15", "临时医疗救助人员资格认定"
    YEARLY_RELIEF = "16", "年度救助备案登记"
    DISEASE_GROUP = "17", "按病种结算登记"
    NO_CREDENTIAL = "18", "无医保凭证结算备案登记"
    REFUND = "19", "退费备案登记"
    EXTERNAL = "20", "外检外购登记"
    CRITICAL_DRUG = "22", "大病特药登记"
    TWO_DISEASE = "23", "门诊两病登记"
    DUAL_CHANNEL = "32", "双通道药品登记"
    OTHER = "99", "其他"


class RxStas(Code):
    """State of an electronic prescription (`rx_stas_codg`)."""

    VALID = "1", "有效"
    EXPIRED = "2", "已失效"
    REVOKED = "3", "已撤销"


class RxUsedStas(Code):
    """Use of an electronic prescription (`rx_used_stas_codg`)."""

    UNUSED = "1", "未使用"
    USED = "2", "已使用"


class AgnterRlts(Code):
    """Relation of an agent to the person (`agnter_rlts`)."""

    SPOUSE = "1", "配偶"
    CHILD = "2", "子女"
    GRANDCHILD = "4", "孙子女或外孙子女"
    PARENT = "5", "父母"
    GRANDPARENT = "6", "祖父母或外祖父母"
    SIBLING = "7", "兄弟姐妹"
    RELATIVE = "8", "其他亲属"
    NONE = "9", "非亲属"
    EMPLOYER = "901", "单位经办人"
