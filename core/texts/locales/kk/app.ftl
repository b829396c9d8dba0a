back = Артқа
cancel = Бас тарту
choose = Таңдаңыз
close = Жабу
retry = Қайта көру
save = Сақтау
days = { $count ->
    [one] { $count } күн
   *[other] { $count } күн
}
megabytes = { $count } МБ

sign-in-title = Qadam-ға қош келдіңіз
sign-in-intro = Компания сізге мекенжай мен атау не код берді.
sign-in-server = Сервердің мекенжайы
sign-in-login = Кіру атауы
sign-in-password = Құпиясөз
sign-in-new-password = Жаңа құпиясөз, кемі 8 таңба
sign-in-code = Шақырудағы код
sign-in-have-code = Менде код бар
sign-in-have-password = Менде құпиясөз бар
sign-in-scan = Кодты сканерлеу
sign-in-button = Кіру
sign-in-begin = Құпиясөз қойып, бастау
sign-out = Шығу
sign-out-anyway = Бәрібір шығу, жіберілмегені жоғалады

today-title = Бүгін
today-greeting = Сізді көргенімізге қуаныштымыз, { $name }.
today-all-done = Бүгінге бәрі бітті. Жақсы демалыңыз.
today-next-lesson = Келесі сабақ
reviews-title = Қайталау
reviews-due = { $count ->
    [one] { $count } сұрақ ұмытылып барады
   *[other] { $count } сұрақ ұмытылып барады
}
reviews-left = { $count ->
    [one] { $count } сұрақ қалды · { $title }
   *[other] { $count } сұрақ қалды · { $title }
}
reviews-check = Тексеру
reviews-next = Әрі қарай
reviews-how-easy = Дұрыс. Оңай болды ма?
reviews-hard = Қиын
reviews-good = Жақсы
reviews-easy = Оңай
reviews-comes-back = { $date } күні қайтып келеді.
reviews-next-on = Келесісі { $date } күні келеді.
reviews-done = { $count ->
    [one] Бүгінге дайын: { $count } сұрақ.
   *[other] Бүгінге дайын: { $count } сұрақ.
}
reviews-empty = Қайталайтын ештеңе жоқ. Өткен сұрақтар осында қайтып келеді.

streak-none = Бүгін бір сабақ не қайталау жасасаңыз, тізбек басталады.
streak-days = { $count ->
    [one] Қатарынан { $count } күн
   *[other] Қатарынан { $count } күн
}
streak-at-risk = { $count ->
    [one] Қатарынан { $count } күн. Бүгін бірнеше минут оны сақтайды.
   *[other] Қатарынан { $count } күн. Бүгін бірнеше минут оны сақтайды.
}
streak-longest = { $count ->
    [one] Ең ұзағы: { $count } күн
   *[other] Ең ұзағы: { $count } күн
}
streak-freezes = { $count ->
    [0] Бос күн қалмады
    [one] Қорда { $count } бос күн бар
   *[other] Қорда { $count } бос күн бар
}
streak-calendar = Соңғы төрт апта
streak-day-active = Оқыдыңыз
streak-day-frozen = Бос күн жұмсалды
streak-day-missed = Ештеңе

task-done = Орындалды
task-progress = { $of } ішінен { $done }
task-because = Сізге ашылды: { $why }
task-status-done = { $date } күні орындалды
task-status-open = Бүгінге
task-status-upcoming = Кейінірек
task-status-waiting = Алдымен: { $titles }
task-status-moved = { $date } күнінен көшірілді
task-status-lapsed = Жоспарда енді жоқ
notice-badge = «{ $title }» белгісі қайтарып алынды.
notice-rule = Қайтарып алынды: { $why }
notice-other = Тапқаныңыздың бірі қайтарып алынды.
notice-because = Тапсырыс қайтарылды не түзетілді: { $orders }
notice-seen = Түсінікті

learn-title = Оқу
learn-empty = Сабақтар жолда. Алғашқы байланыспен келеді.
learn-assigned = Қазір сізге арналған
lesson-minutes = { $count ->
    [one] { $count } минут
   *[other] { $count } минут
}
lesson-minutes-points = { $minutes } мин · { $points } ұпай
lesson-locked = Алдымен: { $titles }
lesson-open = Сізді күтіп тұр
lesson-waiting = Тест қайта ашылады: { $time }
lesson-passed = Тапсырылды. Қалғаны: { $titles }
lesson-completed = Аяқталды
lesson-card = Карточка: { $of } ішінен { $at } · { $minutes } мин қалды
lesson-next = Әрі қарай
lesson-back = Алдыңғы карточка
lesson-finish = Сабақты аяқтау
lesson-done = Дайын
lesson-quiz = Тестке өту
lesson-quiz-continue = Тестті жалғастыру
lesson-quiz-ahead = { $count ->
    [one] Алда { $count } сұрақтық тест. Өту үшін { $percent } % керек.
   *[other] Алда { $count } сұрақтық тест. Өту үшін { $percent } % керек.
}
media-not-here = Бұл телефонда әлі жоқ. Байланыс жақсарғанда келеді.
media-play-video = Бейнені қосу
media-play-sound = Дыбысты қосу
media-transcript = Мәтінді көрсету

quiz-title = Тест
quiz-question = Сұрақ: { $of } ішінен { $at }
quiz-second-draw = Бұл жолы сұрақтар жаңа.
quiz-single = Бір жауапты таңдаңыз.
quiz-multiple = Дұрысының бәрін таңдаңыз.
quiz-true-false = Дұрыс па, бұрыс па?
quiz-numeric = Сан енгізіңіз.
quiz-short-text = Бір-екі сөз енгізіңіз.
quiz-ordering = Көрсеткімен ретін келтіріңіз.
quiz-matching = Әрқайсысына сәйкесін табыңыз.
quiz-scenario = Сіз не істер едіңіз?
quiz-true = Дұрыс
quiz-false = Бұрыс
quiz-number = Сан
quiz-text = Жауап
quiz-move-up = Жоғары: { $text }
quiz-move-down = Төмен: { $text }
quiz-skipped = Жауап жоқ
quiz-next = Әрі қарай
quiz-back = Артқа
quiz-hand-in = Тапсыру
quiz-unanswered = { $count ->
    [one] { $count } сұраққа әлі жауап жоқ.
   *[other] { $count } сұраққа әлі жауап жоқ.
}
quiz-passed = Өттіңіз: { $percent } %. Жарайсыз!
quiz-failed = Бұл жолы { $percent } %. Керегі { $need } %.
quiz-wait = Түсіндірмелерді оқыңыз. Жаңа сұрақтар: { $time }.
quiz-try-again = Түсіндірмелерді оқып, жаңа сұрақтарды көріңіз.
quiz-again = Жаңа сұрақтар
quiz-read-again = Сабақты қайта оқу
quiz-next-lesson = Келесі сабақ: { $title }
quiz-solution = Дұрысы: { $answer }
verdict-right = ✓ Дұрыс
verdict-partly = ◐ Жартылай дұрыс
verdict-wrong = ✗ Онша емес
progress-points = { $count ->
    [one] +{ $count } ұпай
   *[other] +{ $count } ұпай
}
progress-badge = Жаңа белгі: { $title }
progress-level = Жаңа деңгей: { $title }
progress-unlocked = Енді ашық: { $title }

plan-title = Жоспарыңыз
plan-none = Компанияның жоспары әлі жоқ.
plan-day = Күн: { $days } ішінен { $day }
plan-progress = { $count ->
    [one] { $percent } % дайын · { $count } күн қалды
   *[other] { $percent } % дайын · { $count } күн қалды
}
plan-paused = { $date } дейін үзіліс
plan-over = Жоспардың күндері өтті. Қалғанын әлі де істеуге болады.
plan-goal = Алғашқы мақсат: { $title } ({ $of } ішінен { $done })
plan-goal-reached = Алғашқы мақсатқа жеттіңіз: { $title }
plan-moved = { $count ->
    [one] { $count } тапсырма көшірілді
   *[other] { $count } тапсырма көшірілді
}
plan-moved-title = Не көшірілді
plan-moved-seen = Түсінікті
plan-tasks = Тапсырмалар: { $of } ішінен { $done }
plan-dates = { $from } – { $until }
plan-pause = Үзіліс: { $from } – { $until }
plan-pause-for = Жоспарды тоқтата тұру
plan-resume = Үзілісті аяқтау
phase-done = Дайын
phase-current = { $count ->
    [one] Қазір · { $count } күн қалды
   *[other] Қазір · { $count } күн қалды
}
phase-upcoming = Басталуы: { $date }
phase-past = Күндері өтті; қалғаны көшірілді
move-day-passed = { $title }: енді { $date }, күні өтіп кетті
move-room = { $title }: енді { $date }, орын босату үшін
move-room-again = { $title }: енді { $date }, қайта орын бар
move-pause = { $title }: енді { $date }, үзілістен кейін
move-pause-ended = { $title }: енді { $date }, үзіліс қысқарды
move-beginning = { $title }: енді { $date }, жоспар басқа күні басталады
move-any-time = { $title }: өзіңізге ыңғайлы кезде

me-title = Мен
me-points = { $count ->
    [one] { $count } ұпай
   *[other] { $count } ұпай
}
me-next-level = { $count ->
    [one] «{ $title }» деңгейіне { $count } ұпай қалды
   *[other] «{ $title }» деңгейіне { $count } ұпай қалды
}
me-badges = Белгілер
me-ledger = Ұпайлар қайдан келді
me-ledger-empty = Алғашқы сабақ алғашқы ұпайларды әкеледі.
me-rank = Дәреже: { $title }
me-next-rank = Келесі: { $title }, айына клиенттердің { $need } көлемі керек
me-volume = Осы айда клиенттердің көлемі: { $count } ({ $date } дейін)
me-sales = { $count ->
    [one] Клиенттерге { $count } сату расталды
   *[other] Клиенттерге { $count } сату расталды
}
badge-earned = { $date } күні алынды
badge-withdrawn = Қайтарып алынды: тапсырыс түзетілді
points-lesson = Сабақ: { $title }
points-badge = Белгі: { $title }
points-reviews = Қайталау
points-other = Компаниядан
points-on = +{ $count } · { $date }

contacts-title = Контактілер
contacts-add = Контакт қосу
contacts-search = Аты бойынша іздеу
contacts-empty = Әзірге ешкім жоқ. Ойыңызға бірінші келгенді жазыңыз.
contacts-none-found = Мұндай есім жоқ.
contact-pick = Телефондағы контактілерден таңдау
contact-share = Контактімен бөлісу
contact-name = Аты
contact-phone = Телефон
contact-email = Эл. пошта
contact-birthday = Туған күні: күн.ай
contact-birthday-on = Туған күні: { $date }
contact-note = Жазба
contact-edit = Өзгерту
contact-last-talk = Соңғы әңгіме: { $date }
contact-no-talk = Әлі әңгіме болған жоқ
contact-call = Қоңырау шалу
contact-write = Жазу
contact-log = Әңгімені белгілеу
contact-log-note = Не айтылды (бос қалса да болады)
channel-call = Қоңырау
channel-message = Хабарлама
channel-meeting = Кездесу
channel-other = Басқа
contact-follow-up = Қайта сөйлесу
contact-follow-up-on = Қайта сөйлесу: { $date }
contact-no-follow-up = Жоспарланбаған
contact-tomorrow = Ертең
contact-in-days = { $count ->
    [one] { $count } күннен кейін
   *[other] { $count } күннен кейін
}
contact-do-not-contact = Мазаламау
contact-do-not-contact-what = Бұл адам туралы тапсырма да, еске салу да болмайды.
contact-do-not-contact-detail = Бұл адам мазалағанды қаламайды.
contact-tags = Тегтер
contact-tag = Жаңа тег
contact-untag = Алып тастау
contact-talks = Әңгімелер
contact-delete = Жою
contact-delete-title = Бұл контакт жойылсын ба?
contact-delete-what = «Жою» контакт пен әңгімелерді барлық құрылғыңыздан алып тастайды. «Біржола өшіру» сервердегі көшірмелерді де өшіреді; оларды қайтару мүмкін емес.
contact-erase = Біржола өшіру
contact-gone = Бұл контакт жойылды.

people-title = Менің командам
people-empty = Бүгін ешкімге сөз керек емес.
people-say = Былай айтуға болады:
people-share-words = Осы сөздерді жіберу
people-lesson = Қалай көмектесуге болады: { $title }
people-done = Дайын
people-shared = Сіз әр адамның өзі бөліскенін ғана көресіз.

messages-title = Хабарламалар
messages-unread = { $count ->
    [one] { $count } жаңа хабарлама
   *[other] { $count } жаңа хабарлама
}
messages-empty = Хабарлама жоқ. Біз сирек әрі тек себебі болғанда жазамыз.
messages-new = Жаңа
messages-why = Бұл маған неге келді?
category-learning = Оқу
category-team = Команда
category-business = Іс
category-company = Компания
why-window-ever = Бір-ақ рет келеді.
why-window-month = Айына бір реттен жиі келмейді.
why-window-week = Аптасына бір реттен жиі келмейді.
why-window-day = Күніне бір реттен жиі келмейді.
why-group = Ұқсастарының ішінен ең маңыздысы ғана келеді.
why-never = Мұндайды енді жібермеу
why-category = Осы түрдегі хабарламалар: { $category }

offers-title = Ұсыныстар
offers-open = Барлық ұсыныс
offers-empty = Қазір ұсыныс жоқ. Компания клиенттерге сату үшін не беретіні осында тұрады.
offer-sales = Клиенттерге сату: { $count } / { $need }
offer-volume = Клиенттердің көлемі: { $count } / { $need }
offer-days-left = { $days ->
    [0] Бүгін соңғы күн
    [one] { $days } күн қалды
   *[other] { $days } күн қалды
}
offer-dates = { $from } – { $until }
offer-terms = Шарттары: { $terms }
offer-why = Себебі: { $why }
offer-status-open = Ашық
offer-status-reached = Орындалды. Сыйлықты компания береді.
offer-status-given = Сыйлық берілді
offer-status-lapsed = Соңғы күні өтіп кетті
offer-status-withdrawn = Қайтарып алынды: тапсырыс қайтарылды не түзетілді
offer-status-other = Қалай екенін көру үшін қолданбаны жаңартыңыз.

reminders-title = Менің ескертулерім
reminders-add = Жаңа ескерту
reminders-edit = Ескертуді өзгерту
reminders-empty = Әзірге ештеңе жоқ. Ұмытқыңыз келмейтінді жазып қойыңыз.
reminders-night = Дәл осы уақытта келеді, түнде де.
reminder-text = Не туралы?
reminder-day = Күні: күн.ай.жыл
reminder-time = Уақыты: сағат:минут
reminder-due = Уақыты келді · { $time }
reminder-coming = Келеді · { $time }
reminder-delete = Жою
reminder-of-contact = Өзім қалаған уақытта еске сал

settings-title = Баптаулар
settings-language = Тіл
settings-nudges = Хабарламалар мен еске салулар
settings-best-hour = Сізге ыңғайлы сағат
settings-pause-for = Барлық хабарламаны тоқтата тұру
settings-paused = { $date } дейін тоқтатылған
settings-pause-end = Қайта келсін
settings-allow-again = Қайта рұқсат ету
settings-share = Жетістігімді демеушіге айту
settings-share-what = Сабақтар мен алғашқы сату; контактілеріңіз ешқашан.
settings-storage = Суреттер мен бейнелер
settings-metered = Мобильді желімен де жүктеу
settings-budget = Телефондағы орын
settings-held = { $count } МБ қолданылуда
settings-devices = Құрылғыларыңыз
settings-ask-devices = Құрылғыларымды көрсету
settings-sync = Сервермен байланыс
device-this = Осы құрылғы
device-heard = Соңғы рет: { $date }
device-sign-out = Бұл құрылғыдан шығу
settings-data = Деректеріңіз
settings-export = Барлық дерегімді файлға сақтау
settings-export-what = Сізге тиесілінің бәрі, контактілер де. Файлды тек өзіңіз аша алатын жерде сақтаңыз.
settings-exported = Сақталды: { $file }

sync-title = Синхрондау
sync-idle = Бәрі сақталды
sync-syncing = Сервермен алмасуда
sync-offline = Желі жоқ. Бәрі телефонда сақталған.
sync-offline-waiting = { $count ->
    [one] Желі жоқ. Бәрі сақталған; { $count } өзгеріс жіберуді күтуде.
   *[other] Желі жоқ. Бәрі сақталған; { $count } өзгеріс жіберуді күтуде.
}
sync-sign-in-needed = Қайта кіріңізші. Бәрі сақталған.
sync-refused = { $count ->
    [one] Сервер { $count } өзгерісті қабылдамады. Себебін көру.
   *[other] Сервер { $count } өзгерісті қабылдамады. Себебін көру.
}
sync-tries-again = Келесі әрекет: { $time }.
sync-nothing-waits = Бәрі жіберілді.
sync-waits = { $count ->
    [one] { $count } өзгеріс жіберуді күтуде.
   *[other] { $count } өзгеріс жіберуді күтуде.
}
sync-kept = { $count ->
    [one] Сервер { $count } өзгерісті қабылдай алғанша сақтайды.
   *[other] Сервер { $count } өзгерісті қабылдай алғанша сақтайды.
}
sync-last = Соңғы алмасу: { $time }
sync-never = Әлі алмасу болған жоқ
sync-now = Қазір алмасу
sync-set-aside = Бүлінген файл шетке қойылды: { $file }
sync-refusals = Не қабылданбады
refusal-lesson = Тест не сабақ
refusal-review = Қайталау
refusal-task = Жоспардың тапсырмасы
refusal-contact = Контакт
refusal-settings = Баптау
refusal-other = Өзгеріс
refusal-malformed = Сервер мұны түсінбеді. Қолданбаны жаңарту көмектесуі мүмкін.
refusal-too-long = Тым ұзын. Қысқартып, қайта сақтаңыз.
refusal-too-many-records = Тым көп. Керегі жоғын жойыңыз.
refusal-unknown-content = Сабақ өзгеріп кетті. Оны тағы бір өтіңіз.
refusal-impossible-answers = Сұрақтар өзгеріп кетті. Тестті тағы бір тапсырыңыз.
refusal-unknown = Сервердің себебін қолданба білмейді. Қолданбаны жаңартыңыз.
refusal-dismiss = Алып тастау

welcome-title = Қош келдіңіз
welcome-invite = Сізге хат және шағын таныстыру.
welcome-letter = Сізге хат
welcome-letter-from = Хат. { $name }
welcome-video = Көшбасшының сөзі
welcome-tour = Шағын таныстыру
welcome-step = { $of } ішінен { $at }
welcome-begin = Бастайық
welcome-none = Компанияның хаты әлі жоқ.

error-sign-in-needed = Қайта кіріңізші. Ештеңе жоғалған жоқ.
error-wrong-credentials = Атау не құпиясөз қате.
error-code-invalid = Код белгісіз не қолданылып қойған. Жаңасын сұраңыз.
error-password-unsuitable = Құпиясөзде кемі 8 таңба болуы керек.
error-too-many-attempts = { $minutes ->
    [one] Әрекет тым көп. { $minutes } минуттан кейін қайталаңыз.
   *[other] Әрекет тым көп. { $minutes } минуттан кейін қайталаңыз.
}
error-other-account = Мұнда басқа біреу кірген. Алдымен шығыңыз.
error-unreachable = Серверге жету мүмкін емес. Бәрі сақталған; өзіміз қайталаймыз.
error-not-qadam = Жауап берген Qadam сервері емес. Мекенжайды тексеріңіз не Wi-Fi желісіне кіріңіз.
error-untrusted = Байланыс қауіпсіз емес. Телефон күнін тексеріңіз не басқа желіні қолданыңыз.
error-insecure-address = Мекенжай https деп басталуы керек.
error-invalid-address = Мекенжай оқылмайды. Әріптеп тексеріңіз.
error-update-needed = Қолданба ескірген. Жаңартыңыз; бәрі сақталған.
error-server-too-old = Сервер қолданбадан ескі. Компанияға айтыңыз.
error-server-busy = Сервер бос емес. Өзіміз қайталаймыз.
error-unsent = { $count ->
    [one] { $count } өзгеріс әлі жіберілмеді. Желіге қосылып, қайталаңыз.
   *[other] { $count } өзгеріс әлі жіберілмеді. Желіге қосылып, қайталаңыз.
}
error-secure-store-locked = Телефон құлпын ашып, Qadam-ды қайта ашыңыз.
error-secure-store-missing = Телефон құпияны сақтамайды. Экран құлпын қойыңыз.
error-secure-store-invalidated = Экран құлпы өзгерген. Қайта кіріңізші.
error-storage-full = Телефон толы. Бірдеңені жойып, қайталаңыз.
error-storage-corrupt = Деректер бүлініп, шетке қойылды. Qadam-ды қайта ашыңыз.
error-storage-newer = Деректерді жаңарақ Qadam жазған. Қолданбаны жаңартыңыз.
error-storage = Телефон жады жауап бермейді. Телефонды қайта қосыңыз.
error-not-found = Бұл енді жоқ.
error-content-missing = Мазмұн әлі келген жоқ. Келесі байланыспен келеді.
error-lesson-locked = Бұл сабақ әлі ашылған жоқ.
error-task-completes-itself = Бұл тапсырма істелгенде өзі белгіленеді.
error-invalid = Бұлай болмайды. Енгізгеніңізді тексеріңіз.
error-wrong-hash = Файл бүлініп келді. Қайталап көріңіз.
error-closed = Qadam-ды қайта ашыңыз.
error-internal = Қолданбада бірдеңе дұрыс болмады. Қайта ашыңыз; бәрі сақталған.
