using System.Globalization;
using System.IO.Compression;
using Parquet;
using Parquet.Schema;

namespace DropForensics.Analyze.Lake;

/// <summary>
/// Writes the rows of one table as a Parquet file. It holds one row group at a time, so a file of any length takes the same memory. Columns are
/// compressed with zstd; texts have a dictionary, rising numbers are stored by their differences. Without <see cref="Finish"/> the file has no end.
/// </summary>
internal sealed class ParquetTable
{
    /// <summary>Rows of a group, which is held in memory.</summary>
    public const int RowsPerGroup = 1 << 16;

    // A group of long texts ends earlier.
    private const long MostCharacters = 1L << 27;

    private readonly ParquetWriter _writer;
    private readonly Column[] _columns;
    private long _characters;
    private int _inGroup;

    /// <param name="table">What the rows are of.</param>
    /// <param name="output">Takes the file; its owner closes it.</param>
    public ParquetTable(LakeTable table, Stream output)
    {
        var options = new ParquetOptions { CompressionMethod = CompressionMethod.Zstd, CompressionLevel = CompressionLevel.Optimal };
        foreach (LakeColumn column in table.Columns)
        {
            if (column.IsRising) options.ColumnEncodingHints[column.Name] = EncodingHint.DeltaBinaryPacked;
            else if (column.Type == LakeType.Text) options.ColumnEncodingHints[column.Name] = EncodingHint.Dictionary;
        }

        _columns = [.. table.Columns.Select(Column.Of)];
        _writer = ParquetWriter.CreateAsync(new ParquetSchema(table.Columns.Select(FieldOf)), output, options).GetAwaiter().GetResult();
        _writer.CustomMetadata = new Dictionary<string, string>
        {
            [LakeSchema.VersionKey] = LakeSchema.Version.ToString(CultureInfo.InvariantCulture),
            ["dropforensics.table"] = table.Name,
        };
    }

    /// <summary>Rows written.</summary>
    public long Rows { get; private set; }

    /// <summary>Sets a column of the current row: a number, or a time in ns since 1970.</summary>
    public void Set(int column, long? value) => ((NumberColumn)_columns[column]).Value = value;

    /// <summary>Sets a column of the current row.</summary>
    public void Set(int column, string? value)
    {
        ((TextColumn)_columns[column]).Value = value;
        _characters += value?.Length ?? 0;
    }

    /// <summary>Sets a column of the current row.</summary>
    public void Set(int column, byte[]? value) => ((BytesColumn)_columns[column]).Value = value;

    /// <summary>Ends the current row. A column that was not set is NULL.</summary>
    public void EndRow()
    {
        foreach (Column column in _columns) column.Keep(_inGroup);
        _inGroup++;
        Rows++;
        if (_inGroup == RowsPerGroup || _characters > MostCharacters) EndGroup();
    }

    /// <summary>Takes over rows of another file, in its order.</summary>
    /// <param name="group">Of a file of the same table; a column that it lacks is NULL.</param>
    public void Add(ParquetRowGroupReader group)
    {
        int rows = checked((int)group.RowCount);
        foreach (Column column in _columns) column.Read(group, rows);
        for (int row = 0; row < rows; row++)
        {
            foreach (Column column in _columns) column.Take(row);
            EndRow();
        }

        foreach (Column column in _columns) column.Release();
    }

    /// <summary>Writes what is left, and the file's end.</summary>
    public void Finish()
    {
        EndGroup();
        _writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private void EndGroup()
    {
        if (_inGroup == 0) return;
        using ParquetRowGroupWriter group = _writer.CreateRowGroup();
        foreach (Column column in _columns) column.Write(group, _inGroup);
        group.CompleteValidate();

        // What a large group was encoded in is garbage now: large arrays, which an ordinary collection leaves where they are. The heap would grow to its limit.
        if (_inGroup > RowsPerGroup / 4) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        (_inGroup, _characters) = (0, 0);
    }

    private static DataField FieldOf(LakeColumn column) => column.Type == LakeType.Time
        ? new DateTimeDataField(column.Name, DateTimeFormat.Timestamp, isAdjustedToUTC: true, DateTimeTimeUnit.Nanos, isNullable: true)
        : Column.Plain(column);

    /// <summary>A column's values of the current group.</summary>
    private abstract class Column(LakeColumn column)
    {
        /// <summary>
        /// The field by which it is written and read. A time's is that of its number: the library's own type for times counts 100 ns, and the file's
        /// head, which is made of <see cref="FieldOf"/>, says that the number is a time.
        /// </summary>
        protected DataField Field { get; } = Attached(column);

        public static Column Of(LakeColumn column) => column.Type switch
        {
            LakeType.Text => new TextColumn(column),
            LakeType.Bytes => new BytesColumn(column),
            _ => new NumberColumn(column),
        };

        public static DataField Plain(LakeColumn column) => column.Type switch
        {
            LakeType.Text => new DataField<string>(column.Name, nullable: true),
            LakeType.Bytes => new DataField<byte[]>(column.Name, nullable: true),
            _ => new DataField<long?>(column.Name),
        };

        /// <summary>Puts the current row's value into the group.</summary>
        public abstract void Keep(int row);

        /// <summary>Writes the group's first rows.</summary>
        public abstract void Write(ParquetRowGroupWriter group, int rows);

        /// <summary>Reads the rows of another file's group.</summary>
        public abstract void Read(ParquetRowGroupReader group, int rows);

        /// <summary>Sets the current row's value to one of those read.</summary>
        public abstract void Take(int row);

        /// <summary>Forgets what was read.</summary>
        public abstract void Release();

        // A field belongs to a schema.
        private static DataField Attached(LakeColumn column)
        {
            DataField field = Plain(column);
            _ = new ParquetSchema(field);
            return field;
        }
    }

    private abstract class Column<T>(LakeColumn column) : Column(column)
    {
        private const int FewRows = 256;

        private T[] _values = new T[FewRows], _read = [];

        public T? Value { get; set; }

        public override void Keep(int row)
        {
            if (row == _values.Length) Array.Resize(ref _values, Math.Min(_values.Length * 4, RowsPerGroup));
            _values[row] = Value!; // null is a value of T
            Value = default;
        }

        public override void Write(ParquetRowGroupWriter group, int rows)
        {
            Write(group, new ArraySegment<T>(_values, 0, rows));
            Array.Clear(_values, 0, rows); // texts of long ago would stay in memory
        }

        public override void Read(ParquetRowGroupReader group, int rows)
        {
            if (_read.Length < rows) _read = new T[rows];
            Array.Clear(_read);
            if (group.ColumnExists(Field)) Read(group, _read.AsMemory(0, rows));
        }

        public override void Take(int row) => Value = _read[row];

        public override void Release() => _read = [];

        protected abstract void Write(ParquetRowGroupWriter group, ArraySegment<T> values);

        protected abstract void Read(ParquetRowGroupReader group, Memory<T> values);
    }

    private sealed class NumberColumn(LakeColumn column) : Column<long?>(column)
    {
        protected override void Write(ParquetRowGroupWriter group, ArraySegment<long?> values) =>
            group.WriteAsync<long>(Field, (ReadOnlyMemory<long?>)values.AsMemory()).GetAwaiter().GetResult();

        protected override void Read(ParquetRowGroupReader group, Memory<long?> values) => group.ReadAsync<long>(Field, values).AsTask().GetAwaiter().GetResult();
    }

    private sealed class TextColumn(LakeColumn column) : Column<string?>(column)
    {
        protected override void Write(ParquetRowGroupWriter group, ArraySegment<string?> values) => group.WriteAsync(Field, values!).GetAwaiter().GetResult();

        protected override void Read(ParquetRowGroupReader group, Memory<string?> values) => group.ReadAsync(Field, values!).AsTask().GetAwaiter().GetResult();
    }

    private sealed class BytesColumn(LakeColumn column) : Column<byte[]?>(column)
    {
        protected override void Write(ParquetRowGroupWriter group, ArraySegment<byte[]?> values) => group.WriteAsync(Field, values!).GetAwaiter().GetResult();

        protected override void Read(ParquetRowGroupReader group, Memory<byte[]?> values) => group.ReadAsync(Field, values!).AsTask().GetAwaiter().GetResult();
    }
}
