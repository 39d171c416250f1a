//! The doorbell.

use std::sync::Arc;

use stowage_jobs::Bus;
use stowage_jobs_amqp::AmqpBus;
use stowage_jobs_memory::MemoryBus;
use stowage_runtime::Admin;

use crate::BusConfig;

/// Reaches RabbitMQ. Connects when it is first used, and again whenever it must.
pub fn bus(config: &BusConfig, admin: &mut Admin) -> Arc<dyn Bus> {
    let bus: Arc<dyn Bus> = Arc::new(AmqpBus::new(config.0.clone()));
    let checked = Arc::clone(&bus);
    admin.check("bus", move || {
        let bus = Arc::clone(&checked);
        async move { Ok(bus.check().await?) }
    });
    bus
}

/// Makes the bus of a single process.
pub fn memory_bus() -> Arc<dyn Bus> {
    Arc::new(MemoryBus::new())
}
