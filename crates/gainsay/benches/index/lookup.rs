//! Look-up in a large index.
use crate::table::Table;
use crate::{Result, Setting};
pub(crate) fn measure(_setting: &Setting, _table: &mut Table) -> Result<()> {
    Ok(())
}
