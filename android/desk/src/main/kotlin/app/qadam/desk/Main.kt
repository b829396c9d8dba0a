package app.qadam.desk

import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.unit.dp
import androidx.compose.ui.window.Window
import androidx.compose.ui.window.application
import androidx.compose.ui.window.rememberWindowState
import app.qadam.core.Config
import app.qadam.core.Network
import app.qadam.core.Qadam
import app.qadam.core.QadamException
import app.qadam.ui.QadamApp
import java.nio.channels.FileChannel
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardOpenOption
import kotlin.system.exitProcess
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking

/** A window as large as a small phone: `DIRECTORY [SERVER]`. The directory holds what a phone would. */
fun main(arguments: Array<String>) {
    val directory = Path.of(arguments.getOrNull(0) ?: exitProcess(2))
    Files.createDirectories(directory)
    // Held while the process lives: one engine for one directory.
    val lock = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE).tryLock()
    if (lock == null) {
        System.err.println("Qadam is open already on $directory: close its window first")
        exitProcess(1)
    }
    val platform = DeskPlatform(arguments.getOrNull(1).orEmpty())
    val config = Config(directory.toString(), "qadam-desk/0.1.0", platform.locale, Network.UNMETERED)
    val qadam = runBlocking { Qadam.open(config, FileSecureStore(directory.resolve("secrets"))) }
    application(exitProcessOnExit = false) {
        val state = rememberWindowState(width = 360.dp, height = 740.dp)
        LaunchedEffect(Unit) { nudge(qadam) }
        var shown by remember { mutableStateOf(true) }
        if (shown) {
            Window({ shown = false }, state, title = "Qadam") { QadamApp(qadam, platform) }
        } else {
            // What waits to be sent stays in the directory, and goes with the next start at the latest.
            LaunchedEffect(Unit) {
                qadam.background(5.seconds)
                qadam.shutDown()
                exitApplication()
            }
        }
    }
    exitProcess(0)
}

/** The desk shows no notifications: what comes waits in the messages. */
private suspend fun nudge(qadam: Qadam) {
    while (true) {
        val next = try {
            qadam.nudges.plan(permission = false).validUntil - System.currentTimeMillis()
        } catch (_: QadamException) {
            // Nobody is signed in, or the content is not here yet.
            Long.MAX_VALUE
        }
        delay(next.coerceIn(1_000, 60_000))
    }
}
