//! Who asks, and the one way from a request to the desk: as whoever they are, with what they may.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::answer::{Answer, Failure};
use super::door::Session;
use super::{Answered, House};
use crate::claim::Until;
use crate::desk::{Acting, Desk, Role};
use crate::release::View;

/// How long a request waits for its turn at the desk.
const PATIENCE: Duration = Duration::from_secs(60);

/// Which turn a request takes at the desk: what is soon done does not wait behind what is not.
#[derive(Clone, Copy)]
pub(super) enum Turn {
    /// It reads.
    Short,
    /// It writes, for which it waits for the disk and for others that do, or it has a child read.
    Long,
}

/// The turns that there are: short ones as many at once as there are cores, and long ones beside them.
pub(super) struct Turns {
    short: Arc<Semaphore>,
    long: Arc<Semaphore>,
}

impl Turns {
    pub(super) fn new() -> Turns {
        let cores = std::thread::available_parallelism().map_or(2, usize::from).max(2);
        Turns { short: Arc::new(Semaphore::new(cores)), long: Arc::new(Semaphore::new(2 * cores)) }
    }

    async fn wait(&self, turn: Turn) -> Result<OwnedSemaphorePermit, Failure> {
        let turns = match turn {
            Turn::Short => &self.short,
            Turn::Long => &self.long,
        };
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(turns).acquire_owned()).await;
        turn.map_err(|_| Failure::Busy)?.map_err(|_| Failure::Busy)
    }
}

/// Somebody who was let in, and the house in which they ask.
#[derive(Clone)]
pub(super) struct Asking {
    pub(super) house: Arc<House>,
    pub(super) session: Session,
    pub(super) turn: Turn,
}

impl FromRequestParts<Arc<House>> for Asking {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, house: &Arc<House>) -> Result<Asking, Failure> {
        let session = parts.extensions.get::<Session>().cloned().ok_or(Failure::Locked)?;
        let turn = if matches!(parts.method, Method::GET | Method::HEAD) { Turn::Short } else { Turn::Long };
        Ok(Asking { house: Arc::clone(house), session, turn })
    }
}

impl Asking {
    /// Does something at the desk that takes a role, as whoever asks: there are no other cases at it than those that they may see.
    pub(super) async fn at_desk<T: Send + 'static>(
        self,
        least: Role,
        work: impl FnOnce(&mut Desk, &Acting, &Session) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let Asking { house, session, turn } = self;
        if session.who.role < least {
            return Err(Failure::NotAllowed(least));
        }
        let owner = house.serving.author.clone();
        house
            .at_desk(turn, move |desk| {
                let session = session.renewed(desk)?;
                if session.who.role < least {
                    return Err(Failure::NotAllowed(least));
                }
                let author = session.who.account.clone().unwrap_or(owner);
                desk.restrict(session.who.cases.clone());
                let acting = Acting::new(&author, Timestamp::now())?;
                work(desk, &acting, &session)
            })
            .await
    }

    /// A page that is drawn of a case.
    pub(super) async fn page_of<T: Template>(
        self,
        case: String,
        until: Until,
        draw: impl FnOnce(&mut Desk, &View, &Session) -> Result<T, Failure> + Send + 'static,
    ) -> Answered {
        self.at_desk(Role::Reader, move |desk, acting, session| {
            let view = desk.view(&case, acting.now, until)?;
            let page = draw(desk, &view, session)?;
            Ok(Answer::page_of(&view, |_| page))
        })
        .await
    }
}

impl House {
    /// Does something at the desk, on a thread that may wait, when its turn has come.
    pub(super) async fn at_desk<T: Send + 'static>(
        self: Arc<Self>,
        turn: Turn,
        work: impl FnOnce(&mut Desk) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let turn = self.turns.wait(turn).await?;
        let house = Arc::clone(&self);
        let done = tokio::task::spawn_blocking(move || {
            // It is given back when the work ends, also where nobody waits for that any more.
            let _turn = turn;
            let open = || house.desks.lock().unwrap_or_else(PoisonError::into_inner);
            let kept = open().pop();
            let mut desk = match kept {
                Some(mut desk) => desk.open_again().map(|()| desk)?,
                None => Desk::open(&house.serving.desk)?,
            };
            let done = work(&mut desk);
            // One that somebody broke at does not come back.
            open().push(desk);
            done
        });
        done.await.map_err(|_| Failure::Broken)?
    }
}
