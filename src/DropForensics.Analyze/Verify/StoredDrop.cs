namespace DropForensics.Analyze.Verify;

/// <summary>A row of <c>drop_event</c>.</summary>
internal readonly record struct StoredDrop(
    long Id, long TNs, long Cpu, long TaskId, long? ReasonId, long SiteId, long? EtherType, long RawLine, long? InterfaceId, long? Iif, long? Length, long? FlowId)
{
    // What may be NULL comes as a number that nobody writes there: one call a column instead of two.
    private const long Null = long.MinValue;

    /// <summary>In the order the agent wrote them.</summary>
    public const string Sql = """
        SELECT id, t_ns, cpu, task_id, ifnull(reason_id, -9223372036854775807 - 1), site_id, ifnull(ethertype, -9223372036854775807 - 1), raw_line,
               ifnull(interface_id, -9223372036854775807 - 1), ifnull(iif, -9223372036854775807 - 1), ifnull(length, -9223372036854775807 - 1),
               ifnull(flow_id, -9223372036854775807 - 1)
          FROM drop_event ORDER BY id
        """;

    /// <param name="row">The columns of <see cref="Sql"/>.</param>
    public StoredDrop(ReadOnlySpan<long> row)
        : this(row[0], row[1], row[2], row[3], Given(row[4]), row[5], Given(row[6]), row[7], Given(row[8]), Given(row[9]), Given(row[10]), Given(row[11]))
    {
    }

    private static long? Given(long value) => value == Null ? null : value;
}
