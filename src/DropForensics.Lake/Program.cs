using System.Text.Json;
using DropForensics.Lake;
using DuckDB.NET.Data;

// analyze-lake: a query and what it needs come as one JSON document on standard input, {"directory": "…", "setup": ["…"], "query": "…"}. The answer goes to
// standard output, a JSON array a line: the names of the columns, their types, and then each row. It ends with 0, or with 2 where DuckDB refuses: why is on
// standard error. `analyze lake` runs it.
if (args.Length > 0 || !Console.IsInputRedirected)
{
    Console.Error.WriteLine("analyze-lake is run by `analyze lake DIR SQL`; it takes no arguments.");
    return 2;
}

try
{
    using JsonDocument request = JsonDocument.Parse(Console.OpenStandardInput());
    JsonElement root = request.RootElement;
    string[] setup = [.. root.GetProperty("setup").EnumerateArray().Select(statement => statement.GetString() ?? "")];
    using Stream output = Console.OpenStandardOutput();
    Answer.Write(root.GetProperty("directory").GetString() ?? "", setup, root.GetProperty("query").GetString() ?? "", output);
    return 0;
}
catch (DuckDBException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
catch (IOException)
{
    return 0; // who reads has enough
}
