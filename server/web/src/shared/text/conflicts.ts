export const conflicts = {
  title: "Konflik",
  intro: "Dua orang mengisi isian yang sama tanpa melihat isian satu sama lain. Keduanya disimpan; yang terbaru ditampilkan sampai ada keputusan.",
  none: "Tidak ada konflik yang menunggu.",
  shown: "ditampilkan",
  kept: "disimpan",
  by: (name: string, time: string) => `${name}, ${time}`,
  openFamily: "Buka keluarga",
  ofFamily: (n: string) => `${n} isian berbeda`,
};
