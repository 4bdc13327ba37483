namespace DropForensics.Core.Upgrade;

/// <summary>
/// What one version of the schema knew that the next one says otherwise: one table a step, the only place that knows of earlier columns. What neither
/// the file nor a step knows is NULL.
/// </summary>
/// <param name="From">The version before the step.</param>
/// <param name="Columns">By today's <c>table.column</c>, what its value is in a file of that version or an earlier one, in SQL over the same table.</param>
internal sealed record SchemaStep(int From, IReadOnlyDictionary<string, string> Columns)
{
    /// <summary>All steps, the first one first.</summary>
    public static IReadOnlyList<SchemaStep> All { get; } =
    [
        // Its agents knew the tracepoint alone, took no packet bytes, and read the kernel's own text.
        new(1, new Dictionary<string, string>
        {
            ["capture.packets"] = "CASE tool WHEN 'capture' THEN 'none' END",
            ["capture.transport"] = "CASE tool WHEN 'capture' THEN 'text' END",
        }),

        // What version 3 added (capture.max_rate and .redacted, kernel_count, relief) nobody recorded before. In the first files of version 2 a kprobe's
        // own condition is part of capture.filter; it stays there, as nothing tells the two apart.
        new(2, new Dictionary<string, string>()),

        // Version 4 added other events, which the text tells, and drops without CPU and task.
        new(3, new Dictionary<string, string>()),

        // Version 5 added owners, which no earlier probe fetched.
        new(4, new Dictionary<string, string>()),
    ];

    /// <summary>The SQL of one of today's columns in a file of an earlier version; null where only the file itself may have it.</summary>
    public static string? Of(int version, string column) =>
        All.SkipWhile(step => step.From < version).Select(step => step.Columns.GetValueOrDefault(column)).FirstOrDefault(sql => sql is not null);
}
