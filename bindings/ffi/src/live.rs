//! Live queries. uniffi knows no generics, so each has a snapshot and an object of its own.

/// Declares a query: its object, and the record that it gives.
macro_rules! live_query {
    ($(#[$doc:meta])* $query:ident gives $snapshot:ident of $view:ty) => {
        /// A value, and the number to ask on with.
        #[derive(Debug, Clone, uniffi::Record)]
        pub struct $snapshot {
            pub number: u64,
            pub value: $view,
        }

        $(#[$doc])*
        #[derive(uniffi::Object)]
        pub struct $query(pub(crate) qadam_engine::LiveQuery<$view>);

        #[uniffi::export]
        impl $query {
            /// The first snapshot whose number is not `after` (0 to begin with); waits for one. Nothing once the query was stopped
            /// or the engine was shut down. A call that is given up loses nothing: ask again with the same number.
            pub async fn next(&self, after: u64) -> $crate::Result<Option<$snapshot>> {
                match self.0.next(after).await {
                    None => Ok(None),
                    Some(Ok(qadam_engine::Snapshot { number, value })) => Ok(Some($snapshot { number, value })),
                    Some(Err(error)) => Err(error.into()),
                }
            }

            /// Ends the query, and a call of `next` that waits.
            pub fn stop(&self) {
                self.0.stop();
            }
        }
    };
}

pub(crate) use live_query;
