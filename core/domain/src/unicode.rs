//! What Unicode's tables are needed for.

use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};

/// Compatibility decomposition (NFKD, Unicode Standard Annex 15) without combining marks.
pub(crate) fn without_marks(text: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    let categories = CodePointMapData::<GeneralCategory>::new();
    let decomposed = DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(text);
    decomposed.filter(move |c| !GeneralCategoryGroup::Mark.contains(categories.get(*c)))
}
