ask-lead = Alin dito ang gusto mong malaman?
ask-several = Mukhang marami kang itinatanong. Alin ang uunahin?
ask-number-hint = Puwede ring ipadala ang numero lang.
none-of-these = Wala rito
refused = Paumanhin, walang nahanap na sagot. Subukan ang ibang salita.
refuse-nearby = Malapit sa tanong mo ang mga ito.
refuse-municipality = Mukhang tungkol ito sa { $city }. Account ito ng { $account } at hindi makasasagot para sa ibang lugar. Magtanong sa { $city }.
refuse-here = Kung tungkol sa lungsod na ito, masasagot ang mga tanong na ito.
refuse-contact = Para magtanong sa tao, tumawag dito.
feedback-question = Nakatulong ba? Ipadala ang "Nakatulong" o "Mali".
feedback-useful = Nakatulong
feedback-wrong = Mali
feedback-thanks = Salamat. Magtanong lang kahit kailan.
feedback-sorry = Pasensya na at hindi ito nakatulong. Magtanong sa opisinang ito.
contact-line =
    { $name }
    Telepono { $tel }
    { $hours }
call-button = Tumawag
open-link = Buksan ang pahina
source-line = Basahin pa
language-chosen = Mula ngayon, sasagot sa { $language }.
language-name = Filipino
choose-language = Anong wika ang gusto mo?
topics-lead = Maaari kang magtanong tungkol sa mga ito. Ipadala ang tanong sa sarili mong salita.
topics-also = Puwede ring itanong:
more-topics = Iba pang paksa
answer-in-other-language = Nasa { $language } lang ang sagot na ito.
button-too-old = Luma na ang pindutang ito. Pakipadala muli ang tanong.
ask-person = Magtanong sa lungsod
ask-person-lead = Buksan ang form para magtanong sa kawani ng lungsod.
enquiry-answered = May sagot na sa tanong mo (numero { $number }). Basahin ito sa page na ito.
enquiry-open = Basahin ang sagot
