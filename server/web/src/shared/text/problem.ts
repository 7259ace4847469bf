export const problem = {
  unknown: "Terjadi gangguan. Data Anda tetap aman; coba lagi sebentar lagi.",
  offline: "Server tidak terjangkau. Periksa sambungan internet; data yang tersimpan tetap aman.",
  title: "Belum berhasil",
  again: "Coba lagi",
  stale: (time: string) => `Sambungan terganggu. Angka terakhir diterima pukul ${time}.`,
};
