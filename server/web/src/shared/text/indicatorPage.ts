export const indicatorPage = {
  title: "Indikator",
  trend: "IKS menurut hari",
  trendLabel: (name: string) => `IKS ${name}, 30 hari terakhir`,
  figures: "Angka per hari",
  day: "Hari",
  priorities: "Urutan prioritas",
  prioritiesCaption: "Cakupan terendah lebih dahulu",
  toReach: "Keluarga yang perlu dijangkau",
  lowest: "Wilayah terendah",
  compare: "Perbandingan wilayah",
  compareCaption: (name: string) => `Cakupan 12 indikator menurut wilayah di ${name}, dalam persen`,
  noDays: "Riwayat harian disimpan untuk desa/kelurahan dan di atasnya.",
  leftOut: (since: string, year: number) =>
    `Angka harian tahun survei ${String(year)} baru disimpan sejak ${since}; hari sebelumnya tidak ditampilkan.`,
};
