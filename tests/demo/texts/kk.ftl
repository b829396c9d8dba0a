# Терминалдағы телефонның айтатыны. Нүкте кез келген жерден артқа қайтарады.
language-name = Қазақша
welcome = Енді бұл терминал — телефон. Санмен таңдаңыз; жалғыз нүкте артқа қайтарады.
goodbye = Қайырлы түн.

menu-lessons = Сабақтар
menu-reviews = Қайталау
menu-awards = Марапаттар
menu-results = Сатылымдар, дәреже және ұсыныстар
menu-messages = Хабарлар
menu-contacts = Контактілер
menu-disconnect = Байланысты өшіру
menu-connect = Байланысты қосу
menu-sync = Қазір синхрондау
menu-status = Күйі
menu-language = Тіл
menu-next-evening = Келесі кешке өту
menu-quit = Шығу
choose = Таңдауыңыз
choose-again = 1 мен { $most } аралығындағы сандарды жазыңыз.

choose-lesson = Сабақ (Enter: мәзір)
lesson-open = { $minutes } минут, { $points } ұпай
lesson-completed = аяқталды, ең жақсы тест { $best } %
lesson-passed = тапсырылды: { $best } %, бірақ алдындағысы аяқталмаған
lesson-waiting = келесі тест уақыты: { $time }
lesson-locked = алдымен: { $first }
read-again = 1: сабақты қайта оқу, Enter: тестке өту
next-card = Enter: әрі қарай

quiz-begins = Тест, { $number }-әрекет. { $questions } сұрақ, { $percent } % жетеді. Enter сұрақты жауапсыз қалдырады.
quiz-passed = Тест тапсырылды: { $percent } %, қажеті { $needed } % еді.
quiz-failed = { $percent } %, ал қажеті { $needed } %. Түсіндірмелерді оқыңыз; келесі тестте басқа сұрақтар болады.
quiz-wait = Келесі тест уақыты: { $time }.
answer-single = Нөмірі
answer-multiple = Барлық дұрыс нөмірлер
answer-number = Сан
answer-text = Сөзіңіз
answer-order = Барлық нөмірлер дұрыс ретімен
answer-match = Сәйкес келетінінің нөмірі
true = Дұрыс
false = Бұрыс
verdict-right = Дұрыс.
verdict-partly = Жартылай дұрыс, { $percent } %.
verdict-wrong = Дұрыс емес.
solution = Дұрыс жауабы: { $answer }

completed = Аяқталды: { $lessons }
unlocked = Ашылды: { $lessons }
badge-earned = Жаңа белгі: { $badge }. { $words }
points-earned = { $points ->
    [one] Тағы { $points } ұпай.
   *[other] Тағы { $points } ұпай.
}
level-reached = Жаңа деңгей: { $level }

reviews-due = { $count ->
    [0] Бүгін қайталайтын ештеңе жоқ. Бүгін қайталанғаны: { $done }.
    [one] Бүгін кешке { $count } сұрақ оралады. Бүгін қайталанғаны: { $done }.
   *[other] Бүгін кешке { $count } сұрақ оралады. Бүгін қайталанғаны: { $done }.
}
reviews-next = Келесісі { $date } күні оралады.
review-next = { $date } күні оралады.
ease = Қаншалықты оңай болды? 1 қиын, 2 жақсы, 3 оңай

awards-points = Ұпай: { $points }. Деңгей: { $level }.
awards-next-level = Келесі деңгей: { $level }, { $from } ұпайдан бастап.
awards-streak = Үздіксіз: { $days ->
    [one] { $days } күн
   *[other] { $days } күн
}. Қордағы демалыс күндері: { $freezes }. Ең ұзағы: { $longest }.
awards-badges = Белгілер:
awards-withdrawn = қайтарылды
awards-ledger = Ұпайлар қайдан келді:

results-rank = Дәреже: { $rank }.
results-next-rank = Келесі дәреже: { $rank }, айына клиенттер көлемі { $need } болғанда.
results-volume = { $month }: клиенттер көлемі { $volume }.
results-none = Компания әлі бірде-бір сатылымды растаған жоқ.
results-sale = { $day }: клиентке сатылым, көлемі { $volume }.
results-own = { $day }: өзіңіздің тапсырысыңыз, көлемі { $volume }.
results-returned = { $day }: қайтарылды, көлемі { $volume }.
offer-open = Әзірге { $goal } ішінен { $reached }, мерзімі { $until } дейін.
offer-reached = Орындалды: { $goal } ішінен { $reached }. Компания сыйлықты жібереді.
offer-given = Сыйлық берілді.
offer-lapsed = { $until } күні аяқталды, { $goal } ішінен { $reached } болды.
offer-withdrawn = Қайтарып алынды, өйткені сатылым қайтарылды.
offer-other = Қалай тұрғанын жаңарақ нұсқа көрсетеді.
notice = Қайтарып алынды: { $what } Себебі: { $because }.
why = Неліктен? { $why }

messages-none = Әзірге хабар жоқ.
message-comes = келетін уақыты { $time }
choose-message = Нөмірі: бұл неге келді? (Enter: артқа)
message-never = 1: бұл енді ешқашан келмесін, Enter: артқа
message-again = 1: қайтадан келсін, Enter: артқа

contacts-none = Әзірге ешкім жоқ.
choose-contact = Нөмірі, іздейтін атыңыз, жаңа контакт үшін + (Enter: әрі қарай)
contact-name = Аты-жөні
contact-phone = Телефоны
contact-note = Жазба
do-not-contact = хабарласпау керек
choose-channel = Әңгімені жазып қою (Enter: артқа)
channel-call = Қоңырау
channel-message = Хабарлама
channel-meeting = Кездесу
channel-other = Басқа
talk-note = Не туралы сөйлестіңіздер?
kept = Сақталды.

connected = Байланыс қосулы.
disconnected = Байланыс өшірулі. Онсыз да бәрі жұмыс істей береді.
synced = Серверге барып келу: { $trips }. Жіберілген өзгеріс: { $sent }, алынған жол: { $received }. Жіберілген байт: { $up }, алынған байт: { $down }.
state-idle = Серверде де, мұнда да бәрі бірдей.
state-syncing = Синхрондау жүріп жатыр.
state-offline = Байланыс жоқ.
state-later = Серверге қосылу мүмкін болмады; жақында қайта әрекет жасалады.
state-sign-in = Қайта кіріңіз. Жіберілуін күткеннің бәрі сақтаулы.
state-update = Бұл қосымшаны жаңарту керек.
state-problem = Біреу жауап береді, бірақ ол біздің сервер емес немесе жаңарағы керек.
status-pending = { $count ->
    [0] Жіберілуін күткен ештеңе жоқ.
    [one] { $count } өзгеріс жіберілуін күтіп тұр.
   *[other] { $count } өзгеріс жіберілуін күтіп тұр.
}
status-last = Соңғы рет сәйкес болған уақыты: { $time }
status-media = Телефондағы файлдар: { $held } КБ, әлі жетпейтіні: { $lacking } КБ.
refused-too-much = Қабылданбады ({ $time }): тым ұзын немесе тым көп.
refused-content = Қабылданбады ({ $time }): мазмұнда мұндай нәрсе жоқ.
refused-other = Қабылданбады ({ $time }): сервер түсінбеді.

choose-language = Тіл (Enter: өзгертпеу)
language-later = Мәтіндер байланыс қосылғанда келеді.
language-here = Мәтіндер келді.
next-evening = Қазір { $time }.

error-unreachable = Серверге қосылу мүмкін болмады. Істегеніңіз сақталады, кейін жіберіледі.
error-locked = Бұл әзірге жабық.
error-invalid = Бұл жарамайды.
error-content = Мазмұн әлі келген жоқ.
error-storage-full = Жады толы.
error-other = Болмады: { $detail }
