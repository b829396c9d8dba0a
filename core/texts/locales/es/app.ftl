back = Atrás
cancel = Cancelar
choose = Elige
close = Cerrar
retry = Probar otra vez
save = Guardar
days = { $count ->
    [one] { $count } día
   *[other] { $count } días
}
megabytes = { $count } MB

sign-in-title = Te damos la bienvenida a Qadam
sign-in-intro = Tu empresa te dio una dirección, y un nombre o un código.
sign-in-server = Dirección del servidor
sign-in-login = Nombre para entrar
sign-in-password = Contraseña
sign-in-new-password = Contraseña nueva, de 8 signos o más
sign-in-code = Código de tu invitación
sign-in-have-code = Tengo un código
sign-in-have-password = Tengo una contraseña
sign-in-scan = Escanear el código
sign-in-button = Entrar
sign-in-begin = Poner la contraseña y empezar
sign-out = Salir
sign-out-anyway = Salir igual y perder lo que no se envió

today-title = Hoy
today-greeting = Qué bueno verte, { $name }.
today-all-done = Todo hecho por hoy. Descansa.
today-next-lesson = La lección que sigue
reviews-title = Repasos
reviews-due = { $count ->
    [one] { $count } pregunta está por olvidarse
   *[other] { $count } preguntas están por olvidarse
}
reviews-left = { $count ->
    [one] Queda { $count } pregunta · { $title }
   *[other] Quedan { $count } preguntas · { $title }
}
reviews-check = Comprobar
reviews-next = Seguir
reviews-how-easy = Correcto. ¿Fue fácil?
reviews-hard = Difícil
reviews-good = Bien
reviews-easy = Fácil
reviews-comes-back = Vuelve el { $date }.
reviews-next-on = La próxima vuelve el { $date }.
reviews-done = { $count ->
    [one] Hecho por hoy: { $count } pregunta.
   *[other] Hecho por hoy: { $count } preguntas.
}
reviews-empty = Nada que repasar. Aquí vuelven las preguntas que ya aprobaste.

streak-none = Una lección o un repaso hoy empieza una racha.
streak-days = { $count ->
    [one] { $count } día seguido
   *[other] { $count } días seguidos
}
streak-at-risk = { $count ->
    [one] { $count } día seguido. Unos minutos hoy lo mantienen.
   *[other] { $count } días seguidos. Unos minutos hoy los mantienen.
}
streak-longest = { $count ->
    [one] La más larga: { $count } día
   *[other] La más larga: { $count } días
}
streak-freezes = { $count ->
    [0] No quedan días libres
    [one] { $count } día libre de reserva
   *[other] { $count } días libres de reserva
}
streak-calendar = Las últimas cuatro semanas
streak-day-active = Con aprendizaje
streak-day-frozen = Día libre usado
streak-day-missed = Nada

task-done = Hecho
task-progress = { $done } de { $of }
task-because = Abierta para ti: { $why }
task-status-done = Hecho el { $date }
task-status-open = Para hoy
task-status-upcoming = Más adelante
task-status-waiting = Antes: { $titles }
task-status-moved = Movido desde el { $date }
task-status-lapsed = Ya no está en el plan
notice-badge = Se retiró la insignia «{ $title }».
notice-rule = Se retiró: { $why }
notice-other = Se retiró algo que habías ganado.
notice-because = Un pedido se devolvió o se corrigió: { $orders }
notice-seen = Entendido

learn-title = Aprender
learn-empty = Las lecciones están en camino. Llegan con la primera conexión.
learn-assigned = Para ti, ahora
lesson-minutes = { $count ->
    [one] { $count } minuto
   *[other] { $count } minutos
}
lesson-minutes-points = { $minutes } min · { $points } puntos
lesson-locked = Antes: { $titles }
lesson-open = Lista para ti
lesson-waiting = La prueba se abre de nuevo: { $time }
lesson-passed = Aprobada. Falta: { $titles }
lesson-completed = Completa
lesson-card = Tarjeta { $at } de { $of } · quedan { $minutes } min
lesson-next = Seguir
lesson-back = Tarjeta anterior
lesson-finish = Terminar la lección
lesson-done = Listo
lesson-quiz = A la prueba
lesson-quiz-continue = Seguir con la prueba
lesson-quiz-ahead = { $count ->
    [one] Sigue una prueba de { $count } pregunta. Se aprueba con { $percent } %.
   *[other] Sigue una prueba de { $count } preguntas. Se aprueba con { $percent } %.
}
media-not-here = Aún no está en el teléfono. Llega con la próxima buena conexión.
media-play-video = Ver el video
media-play-sound = Oír el audio
media-transcript = Mostrar el texto

quiz-title = Prueba
quiz-question = Pregunta { $at } de { $of }
quiz-second-draw = Esta vez las preguntas son nuevas.
quiz-single = Elige una respuesta.
quiz-multiple = Elige todas las correctas.
quiz-true-false = ¿Verdadero o falso?
quiz-numeric = Escribe un número.
quiz-short-text = Escribe una o dos palabras.
quiz-ordering = Ordénalos con las flechas.
quiz-matching = Busca lo que va con cada uno.
quiz-scenario = ¿Qué harías?
quiz-true = Verdadero
quiz-false = Falso
quiz-number = Número
quiz-text = Respuesta
quiz-move-up = Subir: { $text }
quiz-move-down = Bajar: { $text }
quiz-skipped = Sin respuesta
quiz-next = Seguir
quiz-back = Atrás
quiz-hand-in = Entregar
quiz-unanswered = { $count ->
    [one] { $count } pregunta sigue sin respuesta.
   *[other] { $count } preguntas siguen sin respuesta.
}
quiz-passed = Aprobada con { $percent } %. ¡Muy bien!
quiz-failed = Esta vez { $percent } %. Hace falta { $need } %.
quiz-wait = Lee las explicaciones. Preguntas nuevas: { $time }.
quiz-try-again = Lee las explicaciones y prueba preguntas nuevas.
quiz-again = Preguntas nuevas
quiz-read-again = Leer la lección otra vez
quiz-next-lesson = Lección que sigue: { $title }
quiz-solution = Lo correcto: { $answer }
verdict-right = ✓ Correcto
verdict-partly = ◐ En parte correcto
verdict-wrong = ✗ No del todo
progress-points = { $count ->
    [one] +{ $count } punto
   *[other] +{ $count } puntos
}
progress-badge = Insignia nueva: { $title }
progress-level = Nivel nuevo: { $title }
progress-unlocked = Ahora abierto: { $title }

plan-title = Tu plan
plan-none = Tu empresa aún no tiene plan.
plan-day = Día { $day } de { $days }
plan-progress = { $count ->
    [one] { $percent } % hecho · queda { $count } día
   *[other] { $percent } % hecho · quedan { $count } días
}
plan-paused = En pausa hasta el { $date }
plan-over = Los días del plan pasaron. Lo que falta aún se puede hacer.
plan-goal = Primera meta: { $title } ({ $done } de { $of })
plan-goal-reached = Primera meta cumplida: { $title }
plan-moved = { $count ->
    [one] Se movió { $count } tarea
   *[other] Se movieron { $count } tareas
}
plan-moved-title = Qué se movió
plan-moved-seen = Entendido
plan-tasks = Tareas: { $done } de { $of }
plan-dates = { $from } – { $until }
plan-pause = Pausa: { $from } – { $until }
plan-pause-for = Poner el plan en pausa
plan-resume = Terminar la pausa
phase-done = Hecha
phase-current = { $count ->
    [one] Ahora · queda { $count } día
   *[other] Ahora · quedan { $count } días
}
phase-upcoming = Desde el { $date }
phase-past = Sus días pasaron; lo que falta se movió
move-day-passed = { $title }: ahora el { $date }, pues su día pasó
move-room = { $title }: ahora el { $date }, para hacer lugar
move-room-again = { $title }: ahora el { $date }, pues vuelve a haber lugar
move-pause = { $title }: ahora el { $date }, después de la pausa
move-pause-ended = { $title }: ahora el { $date }, pues la pausa es más corta
move-beginning = { $title }: ahora el { $date }, pues el plan empieza otro día
move-any-time = { $title }: cuando te convenga

me-title = Yo
me-points = { $count ->
    [one] { $count } punto
   *[other] { $count } puntos
}
me-next-level = { $count ->
    [one] { $count } punto para «{ $title }»
   *[other] { $count } puntos para «{ $title }»
}
me-badges = Insignias
me-ledger = De dónde vienen los puntos
me-ledger-empty = La primera lección trae los primeros puntos.
me-rank = Rango: { $title }
me-next-rank = Sigue: { $title }, con { $need } de volumen de clientes en un mes
me-volume = Volumen de clientes este mes: { $count } (hasta el { $date })
me-sales = { $count ->
    [one] { $count } venta a clientes confirmada
   *[other] { $count } ventas a clientes confirmadas
}
badge-earned = Ganada el { $date }
badge-withdrawn = Retirada, pues se corrigió un pedido
points-lesson = Lección: { $title }
points-badge = Insignia: { $title }
points-reviews = Repasos
points-other = De tu empresa
points-on = +{ $count } · { $date }

contacts-title = Contactos
contacts-add = Añadir un contacto
contacts-search = Buscar por nombre
contacts-empty = Aún no hay nadie. Anota a la primera persona que te venga a la mente.
contacts-none-found = Nadie se llama así.
contact-pick = Elegir de los contactos del teléfono
contact-share = Compartir el contacto
contact-name = Nombre
contact-phone = Teléfono
contact-email = Correo
contact-birthday = Cumpleaños: día.mes
contact-birthday-on = Cumpleaños: { $date }
contact-note = Nota
contact-edit = Cambiar
contact-last-talk = Última charla: { $date }
contact-no-talk = Aún no hubo charla
contact-call = Llamar
contact-write = Escribir
contact-log = Anotar una charla
contact-log-note = Qué se dijo (puede quedar vacío)
channel-call = Llamada
channel-message = Mensaje
channel-meeting = Encuentro
channel-other = Otro
contact-follow-up = Volver a hablar
contact-follow-up-on = Volver a hablar: { $date }
contact-no-follow-up = Sin plan
contact-tomorrow = Mañana
contact-in-days = { $count ->
    [one] En { $count } día
   *[other] En { $count } días
}
contact-do-not-contact = No contactar
contact-do-not-contact-what = Ninguna tarea ni recordatorio será sobre esta persona.
contact-do-not-contact-detail = Esta persona no quiere que la contacten.
contact-tags = Etiquetas
contact-tag = Etiqueta nueva
contact-untag = Quitar
contact-talks = Charlas
contact-delete = Borrar
contact-delete-title = ¿Borrar este contacto?
contact-delete-what = «Borrar» quita el contacto y sus charlas de todos tus dispositivos. «Eliminar para siempre» borra también cada copia en el servidor; nada la trae de vuelta.
contact-erase = Eliminar para siempre
contact-gone = Este contacto se borró.

people-title = Mi gente
people-empty = Hoy nadie necesita una palabra.
people-say = Podrías decir:
people-share-words = Enviar estas palabras
people-lesson = Cómo ayudar: { $title }
people-done = Listo
people-shared = Solo ves lo que cada persona comparte contigo.

messages-title = Mensajes
messages-unread = { $count ->
    [one] { $count } mensaje nuevo
   *[other] { $count } mensajes nuevos
}
messages-empty = No hay mensajes. Escribimos poco, y solo con un motivo.
messages-new = Nuevo
messages-why = ¿Por qué me llegó esto?
category-learning = Aprendizaje
category-team = Equipo
category-business = Negocio
category-company = Empresa
why-window-ever = Llega una sola vez.
why-window-month = Llega a lo sumo una vez al mes.
why-window-week = Llega a lo sumo una vez por semana.
why-window-day = Llega a lo sumo una vez al día.
why-group = De varios parecidos llega solo el más importante.
why-never = Nunca más este
why-category = Mensajes de este tipo: { $category }

offers-title = Ofertas
offers-open = Todas las ofertas
offers-empty = Ahora no hay ofertas. Aquí está lo que tu empresa da por ventas a clientes.
offer-sales = Ventas a clientes: { $count } de { $need }
offer-volume = Volumen de clientes: { $count } de { $need }
offer-days-left = { $days ->
    [0] Hoy es el último día
    [one] Queda { $days } día
   *[other] Quedan { $days } días
}
offer-dates = { $from } – { $until }
offer-terms = Condiciones: { $terms }
offer-why = Por qué: { $why }
offer-status-open = Abierta
offer-status-reached = Lograda. Tu empresa entregará el premio.
offer-status-given = El premio ya se entregó
offer-status-lapsed = Ya pasó su último día
offer-status-withdrawn = Retirada, pues se devolvió o corrigió un pedido
offer-status-other = Actualiza la app para ver cómo va.

reminders-title = Mis recordatorios
reminders-add = Nuevo recordatorio
reminders-edit = Cambiar el recordatorio
reminders-empty = Nada anotado. Escribe lo que no quieres olvidar.
reminders-night = Llega a esta hora, también de noche.
reminder-text = ¿De qué se trata?
reminder-day = Fecha: día.mes.año
reminder-time = Hora: horas:minutos
reminder-due = Ya toca · { $time }
reminder-coming = Llega · { $time }
reminder-delete = Borrar
reminder-of-contact = Recuérdamelo a la hora que yo elija

settings-title = Ajustes
settings-language = Idioma
settings-nudges = Mensajes y recordatorios
settings-best-hour = La mejor hora para ti
settings-pause-for = Pausar todos los mensajes
settings-paused = En pausa hasta el { $date }
settings-pause-end = Que lleguen de nuevo
settings-allow-again = Permitir de nuevo
settings-share = Contar mi avance a quien me patrocina
settings-share-what = Las lecciones y la primera venta; nunca tus contactos.
settings-storage = Imágenes y video
settings-metered = Descargar también con datos móviles
settings-budget = Espacio en el teléfono
settings-held = { $count } MB en uso
settings-devices = Tus dispositivos
settings-ask-devices = Ver mis dispositivos
settings-sync = La conexión con el servidor
device-this = Este dispositivo
device-heard = Última vez: { $date }
device-sign-out = Cerrar sesión en él
settings-data = Tus datos
settings-export = Guardar todos mis datos en un archivo
settings-export-what = Todo lo que es tuyo, también tus contactos. Guarda el archivo donde solo tú puedas abrirlo.
settings-exported = Guardado: { $file }

sync-title = Sincronización
sync-idle = Todo guardado
sync-syncing = Hablando con el servidor
sync-offline = Sin conexión. Todo está guardado en el teléfono.
sync-offline-waiting = { $count ->
    [one] Sin conexión. Todo guardado; { $count } cambio espera su envío.
   *[other] Sin conexión. Todo guardado; { $count } cambios esperan su envío.
}
sync-sign-in-needed = Entra de nuevo, por favor. Todo está guardado.
sync-refused = { $count ->
    [one] El servidor no aceptó { $count } cambio. Mira por qué.
   *[other] El servidor no aceptó { $count } cambios. Mira por qué.
}
sync-tries-again = El próximo intento: { $time }.
sync-nothing-waits = Nada espera su envío.
sync-waits = { $count ->
    [one] { $count } cambio espera su envío.
   *[other] { $count } cambios esperan su envío.
}
sync-kept = { $count ->
    [one] El servidor guarda { $count } cambio hasta poder aceptarlo.
   *[other] El servidor guarda { $count } cambios hasta poder aceptarlos.
}
sync-last = Última vez al día: { $time }
sync-never = Aún no está al día
sync-now = Sincronizar ahora
sync-set-aside = Se apartó un archivo dañado: { $file }
sync-refusals = Lo que no se aceptó
refusal-lesson = Una prueba o lección
refusal-review = Un repaso
refusal-task = Una tarea del plan
refusal-contact = Un contacto
refusal-settings = Un ajuste
refusal-other = Un cambio
refusal-malformed = El servidor no lo entendió. Actualizar la app puede ayudar.
refusal-too-long = Es demasiado largo. Acórtalo y guárdalo de nuevo.
refusal-too-many-records = Hay demasiados. Borra los que ya no necesites.
refusal-unknown-content = La lección cambió entretanto. Hazla una vez más.
refusal-impossible-answers = Las preguntas cambiaron entretanto. Haz la prueba una vez más.
refusal-unknown = El servidor dio un motivo que esta app no conoce. Actualiza la app.
refusal-dismiss = Quitar

welcome-title = Bienvenida
welcome-invite = Una carta para ti y un paseo por la app.
welcome-letter = Una carta para ti
welcome-letter-from = Una carta de { $name }
welcome-video = Unas palabras de quien lidera
welcome-tour = Un paseo
welcome-step = { $at } de { $of }
welcome-begin = Empecemos
welcome-none = Tu empresa aún no tiene carta.

error-sign-in-needed = Entra de nuevo, por favor. Nada se perdió.
error-wrong-credentials = El nombre o la contraseña no son correctos.
error-code-invalid = Este código no se conoce o ya se usó. Pide otro.
error-password-unsuitable = La contraseña necesita 8 signos o más.
error-too-many-attempts = { $minutes ->
    [one] Demasiados intentos. De nuevo en { $minutes } minuto.
   *[other] Demasiados intentos. De nuevo en { $minutes } minutos.
}
error-other-account = Aquí entró otra persona. Sal primero.
error-unreachable = No se llega al servidor. Todo está guardado; probamos de nuevo.
error-not-qadam = Lo que responde no es un servidor de Qadam. Revisa la dirección o entra a esta red Wi-Fi.
error-untrusted = La conexión no es segura. Revisa la fecha del teléfono o usa otra red.
error-insecure-address = La dirección tiene que empezar con https.
error-invalid-address = Esta dirección no se entiende. Revísala letra por letra.
error-update-needed = Esta app es muy vieja. Actualízala; todo está guardado.
error-server-too-old = El servidor es más viejo que la app. Avisa a tu empresa.
error-server-busy = El servidor está ocupado. Probamos de nuevo.
error-unsent = { $count ->
    [one] { $count } cambio sigue sin enviarse. Conéctate y prueba otra vez.
   *[other] { $count } cambios siguen sin enviarse. Conéctate y prueba otra vez.
}
error-secure-store-locked = Desbloquea el teléfono y abre Qadam de nuevo.
error-secure-store-missing = Este teléfono no guarda secretos. Pon un bloqueo de pantalla.
error-secure-store-invalidated = Cambió el bloqueo de pantalla. Entra de nuevo, por favor.
error-storage-full = El teléfono está lleno. Borra algo y prueba otra vez.
error-storage-corrupt = Los datos se dañaron y se apartaron. Abre Qadam de nuevo.
error-storage-newer = Un Qadam más nuevo escribió los datos. Actualiza la app.
error-storage = La memoria del teléfono no responde. Reinícialo.
error-not-found = Esto ya no está aquí.
error-content-missing = El contenido aún no está aquí. Llega con la próxima conexión.
error-lesson-locked = Esta lección aún no está abierta.
error-task-completes-itself = Esta tarea se marca sola cuando está hecha.
error-invalid = Así no se puede. Revisa lo que escribiste.
error-wrong-hash = Un archivo llegó dañado. Prueba otra vez.
error-closed = Abre Qadam de nuevo.
error-internal = Algo salió mal en la app. Ábrela de nuevo; todo está guardado.
