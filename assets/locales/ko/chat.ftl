ask-lead = 어느 것에 대해 알고 싶으신가요?
ask-several = 여러 가지를 함께 문의하신 것 같습니다. 어느 것부터 답해 드릴까요?
ask-number-hint = 번호만 보내셔도 됩니다.
none-of-these = 이 중에 없음
refused = 죄송합니다. 답을 찾지 못했습니다. 다른 말로 물어봐 주세요.
refuse-nearby = 비슷한 질문입니다.
refuse-municipality = { $city }에 관한 질문인 것 같습니다. 여기는 { $account } 계정이라 다른 지역의 일은 답해 드릴 수 없습니다. { $city }에 문의해 주세요.
refuse-here = 이 시에 관한 것이라면 다음 질문에 답해 드릴 수 있습니다.
refuse-contact = 사람에게 문의하시려면 여기로 전화해 주세요.
feedback-question = 도움이 되었나요? "도움됨" 또는 "아니에요"라고 보내 주세요.
feedback-useful = 도움됨
feedback-wrong = 아니에요
feedback-thanks = 감사합니다. 다른 궁금한 점도 언제든지 보내 주세요.
feedback-sorry = 도움이 되지 못해 죄송합니다. 자세한 것은 다음 창구로 문의해 주세요.
contact-line =
    { $name }
    전화 { $tel }
    { $hours }
call-button = 전화하기
open-link = 신청 페이지 열기
source-line = 자세히 보기
language-chosen = 이제부터 { $language }로 답해 드립니다.
language-name = 한국어
choose-language = 어느 언어로 답해 드릴까요?
topics-lead = 다음과 같은 것에 답해 드릴 수 있습니다. 질문을 그대로 보내 주세요.
topics-also = 이런 것도 물어보세요.
more-topics = 다른 분야 보기
answer-in-other-language = 이 안내는 { $language }로만 있습니다.
button-too-old = 이 버튼은 오래되었습니다. 질문을 다시 보내 주세요.
ask-person = 시에 문의하기
ask-person-lead = 문의 페이지를 열어 시 담당자에게 질문할 수 있습니다.
enquiry-answered = 문의하신 내용(접수 번호 { $number })에 답변이 등록되었습니다. 다음 페이지에서 확인해 주세요.
enquiry-open = 답변 보기
