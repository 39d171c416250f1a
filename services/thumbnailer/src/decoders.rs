//! A decoder for each picture that may be in the works.

use bytes::Bytes;
use stowage_domain::WorkspaceId;
use stowage_media::{DecodeError, Decoder, DecoderOptions, RenderSpec, Rendered};
use tokio::sync::{Mutex, mpsc};

/// Hands out decoders and takes them back.
#[derive(Debug)]
pub(crate) struct Decoders {
    idle: Mutex<mpsc::Receiver<Decoder>>,
    back: mpsc::Sender<Decoder>,
    spec: RenderSpec,
    options: DecoderOptions,
}

impl Decoders {
    pub(crate) fn new(count: usize, options: DecoderOptions, spec: RenderSpec) -> Self {
        let (back, idle) = mpsc::channel(count);
        for _ in 0..count {
            back.try_send(Decoder::new(options.clone()))
                .expect("the channel has room for all");
        }
        Self {
            idle: Mutex::new(idle),
            back,
            spec,
            options,
        }
    }

    pub(crate) async fn render(
        &self,
        workspace: WorkspaceId,
        original: Bytes,
    ) -> Result<Rendered, DecodeError> {
        let decoder = self.idle.lock().await.recv().await;
        let mut lent = Lent {
            decoder,
            home: self,
        };
        let decoder = lent
            .decoder
            .as_mut()
            .expect("the pool keeps a sender, so it never closes");
        decoder
            .render(&workspace.to_string(), original, &self.spec)
            .await
    }
}

/// Brings a decoder back whatever happens: one whose job was dropped midway is replaced.
struct Lent<'a> {
    decoder: Option<Decoder>,
    home: &'a Decoders,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let decoder = self
            .decoder
            .take()
            .unwrap_or_else(|| Decoder::new(self.home.options.clone()));
        // Fails only when the pool itself is gone.
        let _ = self.home.back.try_send(decoder);
    }
}
