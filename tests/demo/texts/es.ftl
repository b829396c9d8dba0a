# Lo que dice el teléfono del terminal. Un punto lleva atrás desde cualquier lugar.
language-name = Español
welcome = Esta terminal es ahora un teléfono. Se elige con números; un solo punto lleva atrás.
goodbye = Buenas noches.

menu-lessons = Lecciones
menu-reviews = Repasos
menu-awards = Logros
menu-results = Ventas, rango y ofertas
menu-messages = Mensajes
menu-contacts = Contactos
menu-disconnect = Desactivar la conexión
menu-connect = Activar la conexión
menu-sync = Sincronizar ahora
menu-status = Estado
menu-language = Idioma
menu-next-evening = Pasar a la noche siguiente
menu-quit = Salir
choose = Tu elección
choose-again = Escribe números del 1 al { $most }.

choose-lesson = Lección (Intro: menú)
lesson-open = { $minutes } minutos, { $points } puntos
lesson-completed = completada, mejor prueba { $best } %
lesson-passed = aprobada con { $best } %, pero falta algo anterior
lesson-waiting = próxima prueba a partir de las { $time }
lesson-locked = antes: { $first }
read-again = 1: leer la lección otra vez, Intro: a la prueba
next-card = Intro: seguir

quiz-begins = Prueba número { $number }: { $questions } preguntas, basta con { $percent } %. Con Intro dejas una pregunta sin responder.
quiz-passed = Aprobada con { $percent } %; hacía falta { $needed } %.
quiz-failed = { $percent } %; hace falta { $needed } %. Lee las explicaciones; la próxima prueba trae otras preguntas.
quiz-wait = Podrás hacer la próxima prueba a partir de las { $time }.
answer-single = Número
answer-multiple = Todos los números correctos
answer-number = Un número
answer-text = Tu palabra
answer-order = Todos los números en el orden correcto
answer-match = Número de lo que le corresponde
true = Verdadero
false = Falso
verdict-right = Correcto.
verdict-partly = Correcto en parte, { $percent } %.
verdict-wrong = No es correcto.
solution = Lo correcto sería: { $answer }

completed = Completada: { $lessons }
unlocked = Desbloqueada: { $lessons }
badge-earned = Nueva insignia: { $badge }. { $words }
points-earned = { $points ->
    [one] Un punto más.
   *[other] { $points } puntos más.
}
level-reached = Nuevo nivel: { $level }

reviews-due = { $count ->
    [0] No hay nada que repasar. Hechos hoy: { $done }.
    [one] Esta noche vuelve una pregunta. Hechos hoy: { $done }.
   *[other] Esta noche vuelven { $count } preguntas. Hechos hoy: { $done }.
}
reviews-next = La próxima vuelve el { $date }.
review-next = Vuelve el { $date }.
ease = ¿Te resultó fácil? 1 difícil, 2 bien, 3 fácil

awards-points = Puntos: { $points }. Nivel: { $level }.
awards-next-level = Siguiente nivel: { $level }, desde { $from } puntos.
awards-streak = Racha: { $days ->
    [one] un día
   *[other] { $days } días
}. Días de pausa disponibles: { $freezes }. La más larga: { $longest }.
awards-badges = Insignias:
awards-withdrawn = retirada
awards-ledger = De dónde vienen los puntos:

results-rank = Rango: { $rank }.
results-next-rank = Próximo rango: { $rank }, desde un volumen de clientes de { $need } en un mes.
results-volume = { $month }: volumen de clientes { $volume }.
results-none = La empresa todavía no ha confirmado ninguna venta.
results-sale = { $day }: una venta a un cliente, volumen { $volume }.
results-own = { $day }: un pedido tuyo, volumen { $volume }.
results-returned = { $day }: devuelta, volumen { $volume }.
offer-open = { $reached } de { $goal } hasta ahora, hasta el { $until }.
offer-reached = Alcanzado con { $reached } de { $goal }. La empresa te lo enviará.
offer-given = Ya se entregó.
offer-lapsed = Terminó el { $until }, con { $reached } de { $goal }.
offer-withdrawn = Se retiró, porque se retiró una venta.
offer-other = Una app más nueva muestra cómo va.
notice = Se retiró: { $what } Motivo: { $because }.
why = ¿Por qué? { $why }

messages-none = Todavía no hay mensajes.
message-comes = llega el { $time }
choose-message = Número: ¿por qué me llegó? (Enter: atrás)
message-never = 1: este nunca más, Enter: atrás
message-again = 1: que vuelva a llegar, Enter: atrás

contacts-none = Todavía no hay nadie.
choose-contact = Número, nombre que buscas, + para un contacto nuevo (Intro: seguir)
contact-name = Nombre
contact-phone = Teléfono
contact-note = Nota
do-not-contact = no contactar
choose-channel = Conversación que quieres anotar (Intro: atrás)
channel-call = Llamada
channel-message = Mensaje
channel-meeting = Encuentro
channel-other = Otra
talk-note = ¿De qué hablaron?
kept = Guardado.

connected = La conexión está activada.
disconnected = La conexión está desactivada. Todo sigue funcionando sin ella.
synced = Viajes al servidor: { $trips }. Cambios enviados: { $sent }, filas recibidas: { $received }. Bytes de subida: { $up }, de bajada: { $down }.
state-idle = Al día con el servidor.
state-syncing = Sincronizando.
state-offline = Sin conexión.
state-later = No se puede llegar al servidor; se volverá a intentar pronto.
state-sign-in = Vuelve a iniciar sesión. Lo que está en espera se conserva.
state-update = Hay que actualizar esta aplicación.
state-problem = Algo responde, pero no es nuestro servidor, o hace falta uno más nuevo.
status-pending = { $count ->
    [0] No hay nada por enviar.
    [one] Hay un cambio por enviar.
   *[other] Hay { $count } cambios por enviar.
}
status-last = Al día por última vez: { $time }
status-media = Archivos en este teléfono: { $held } KB; faltan: { $lacking } KB.
refused-too-much = Rechazado el { $time }: demasiado largo o demasiados.
refused-content = Rechazado el { $time }: el contenido no tiene tal cosa.
refused-other = Rechazado el { $time }: no se entendió.

choose-language = Idioma (Intro: dejar como está)
language-later = Los textos llegarán en cuanto haya conexión.
language-here = Los textos ya están aquí.
next-evening = Fecha y hora: { $time }

error-unreachable = No se puede llegar al servidor. Lo que haces se guarda y se envía después.
error-locked = Todavía no se puede abrir.
error-invalid = Eso no es válido.
error-content = El contenido todavía no está aquí.
error-storage-full = No queda espacio de almacenamiento.
error-other = No ha funcionado: { $detail }
