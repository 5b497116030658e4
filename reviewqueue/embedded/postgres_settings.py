"""How the embedded PostgreSQL is set: for a small machine that also runs the web, the worker and a browser.

What is not here is PostgreSQL's own default.
"""

SETTINGS = {
    "listen_addresses": "''",  # the socket is the only way in, and its folder is closed to others
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",
    # Two cores: a report that takes both would stand in the way of every claim.
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    # A decision that was answered is on disk. No replica reads from here, so no more log than recovery needs.
    "synchronous_commit": "on",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "wal_buffers": "16MB",
    "min_wal_size": "64MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "10min",
    "checkpoint_completion_target": "0.9",
    # Claims leave dead entries in the waiting index: sweep small and often, hardly pausing. Not oftener than this, because
    # whatever a sweep measures anew is planned anew, by each connection: measured at 120 decisions a second, every sweep
    # stood in the way of pages for two seconds.
    "autovacuum": "on",
    "autovacuum_naptime": "30s",
    "autovacuum_vacuum_scale_factor": "0.02",
    "autovacuum_vacuum_insert_scale_factor": "0.05",
    "autovacuum_analyze_scale_factor": "0.1",
    "autovacuum_vacuum_cost_delay": "1ms",
    "autovacuum_vacuum_cost_limit": "2000",
    # A transaction left open keeps those dead entries alive for everybody.
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_line_prefix": "'%m [%p] %a '",
    # The log must never repeat what a case contains: neither statements nor the values an error names.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
