package app.qadam.ui

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import app.qadam.core.QadamException
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.SharingStarted
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.flatMapLatest
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.retryWhen
import kotlinx.coroutines.flow.stateIn
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch

/** What a screen has to show. */
sealed interface Load<out S> {
    /** Until the first answer of a query; too short for a sign of waiting. */
    data object Pending : Load<Nothing>

    data class Ready<S>(val value: S) : Load<S>

    data class Failed(val problem: QadamException) : Load<Nothing>
}

/** The value, where it is there. */
val <S> Load<S>.value: S? get() = (this as? Load.Ready)?.value

/** Live queries become a state; intents that fail leave what went wrong until it was seen. */
abstract class ScreenViewModel : ViewModel() {
    private val retries = MutableStateFlow(0)
    private val failures = MutableStateFlow<QadamException?>(null)

    /** What the last intent failed with. */
    val failure: StateFlow<QadamException?> = failures.asStateFlow()

    fun dismissFailure() {
        failures.value = null
    }

    /** Asks again for what could not be had. */
    fun retry() = retries.update { it + 1 }

    /** The queries run while the screen is there, and a little longer: a rotation asks nothing anew. */
    @OptIn(ExperimentalCoroutinesApi::class)
    protected fun <S> Flow<S>.state(): StateFlow<Load<S>> =
        retries.flatMapLatest { map<S, Load<S>> { Load.Ready(it) }.untilContentCame().catch { emit(Load.Failed(it.known())) } }
            .stateIn(viewModelScope, SharingStarted.WhileSubscribed(5_000), Load.Pending)

    protected fun act(intent: suspend () -> Unit): Job = viewModelScope.launch {
        try {
            failures.value = null
            intent()
        } catch (problem: QadamException) {
            failures.value = problem
        }
    }
}

/** The content comes with the first sync, a moment after the sign-in: nobody has to ask for it. */
private fun <S> Flow<Load<S>>.untilContentCame(): Flow<Load<S>> = retryWhen { problem, _ ->
    if (problem is QadamException.ContentMissing) {
        emit(Load.Failed(problem))
        delay(500)
    }
    problem is QadamException.ContentMissing
}

/** What the core does not know of is a fault of the app, and is not hidden. */
private fun Throwable.known(): QadamException = this as? QadamException ?: throw this
