ask-lead = Bạn muốn biết về điều nào?
ask-several = Có vẻ bạn hỏi nhiều việc cùng lúc. Bạn muốn được trả lời việc nào trước?
ask-number-hint = Bạn cũng có thể gửi số thứ tự.
none-of-these = Không có ở đây
refused = Xin lỗi, không tìm thấy câu trả lời. Vui lòng thử từ khác.
refuse-nearby = Các câu hỏi gần giống.
refuse-municipality = Có vẻ bạn hỏi về { $city }. Đây là tài khoản của { $account } nên không trả lời được về nơi khác. Vui lòng hỏi { $city }.
refuse-here = Nếu là việc của thành phố này, có thể trả lời các câu hỏi sau.
refuse-contact = Nếu muốn hỏi nhân viên, xin gọi số này.
feedback-question = Câu trả lời có giúp ích không? Hãy gửi "Hữu ích" hoặc "Không đúng".
feedback-useful = Hữu ích
feedback-wrong = Không đúng
feedback-thanks = Cảm ơn bạn. Hãy hỏi thêm bất cứ lúc nào.
feedback-sorry = Rất tiếc vì chưa giúp được bạn. Xin hỏi nơi sau đây.
contact-line =
    { $name }
    Điện thoại { $tel }
    { $hours }
call-button = Gọi điện
open-link = Mở trang thủ tục
source-line = Xem thêm
language-chosen = Từ bây giờ sẽ trả lời bằng { $language }.
language-name = Tiếng Việt
choose-language = Bạn muốn dùng ngôn ngữ nào?
topics-lead = Bạn có thể hỏi về những việc sau. Hãy gửi câu hỏi bằng lời của bạn.
topics-also = Cũng có thể hỏi:
more-topics = Xem mục khác
answer-in-other-language = Hướng dẫn này chỉ có bằng { $language }.
button-too-old = Nút này đã cũ. Xin gửi lại câu hỏi.
ask-person = Hỏi thành phố
ask-person-lead = Bạn có thể mở trang này để hỏi nhân viên thành phố.
enquiry-answered = Câu hỏi của bạn (số { $number }) đã có câu trả lời. Xin đọc ở trang này.
enquiry-open = Đọc câu trả lời
