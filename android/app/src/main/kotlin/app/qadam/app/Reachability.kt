package app.qadam.app

import android.content.Context
import android.net.ConnectivityManager
import android.net.NetworkCapabilities
import app.qadam.core.Network

/** Which network the phone has. */
class Reachability(context: Context) {
    private val manager = context.service<ConnectivityManager>()

    val now: Network get() = network(manager.getNetworkCapabilities(manager.activeNetwork))

    /** Tells how things are, and each change. */
    fun start(changed: (Network) -> Unit) {
        manager.registerDefaultNetworkCallback(
            object : ConnectivityManager.NetworkCallback() {
                override fun onCapabilitiesChanged(network: android.net.Network, capabilities: NetworkCapabilities) = changed(network(capabilities))

                override fun onLost(network: android.net.Network) = changed(Network.OFFLINE)
            },
        )
    }

    private fun network(capabilities: NetworkCapabilities?): Network = when {
        capabilities?.hasCapability(NetworkCapabilities.NET_CAPABILITY_INTERNET) != true -> Network.OFFLINE
        capabilities.hasCapability(NetworkCapabilities.NET_CAPABILITY_NOT_METERED) -> Network.UNMETERED
        else -> Network.METERED
    }
}
