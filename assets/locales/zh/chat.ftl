ask-lead = 您想了解哪一项？
ask-several = 您似乎问了几件事。先回答哪一件？
ask-number-hint = 也可以直接发送编号。
none-of-these = 都不是
refused = 抱歉，没有找到答案。请换一种说法再试。
refuse-nearby = 以下问题与您的问题相近。
refuse-municipality = 您问的似乎是{ $city }的事情。这里是{ $account }的账号，无法回答其他市镇的问题。请向{ $city }咨询。
refuse-here = 如果是本市的事情，可以回答以下问题。
refuse-contact = 想向工作人员咨询时，请拨打此电话。
feedback-question = 有帮助吗？请发送“有帮助”或“不对”。
feedback-useful = 有帮助
feedback-wrong = 不对
feedback-thanks = 谢谢。如有其他问题，请随时发送。
feedback-sorry = 很抱歉没能帮到您。详情请咨询以下窗口。
contact-line =
    { $name }
    电话 { $tel }
    { $hours }
call-button = 拨打电话
open-link = 打开手续页面
source-line = 详情请看
language-chosen = 今后将用{ $language }回答。
language-name = 中文
choose-language = 请选择语言。
topics-lead = 可以回答以下内容。请直接发送您的问题。
topics-also = 还可以问：
more-topics = 查看其他主题
answer-in-other-language = 此说明只有{ $language }。
button-too-old = 此按钮已失效。请重新发送您的问题。
ask-person = 向市政府咨询
ask-person-lead = 您可以打开表单，向市政府工作人员提问。
enquiry-answered = 您的咨询（受理编号 { $number }）已有答复。请在以下页面查看。
enquiry-open = 查看答复
