// main：order
fn main() {
    let numbers: Vec<u32> =
        std::env::args().skip(1).map(|word| word.parse().expect("要写数")).collect();
    let (water, tea) = (numbers[0], numbers[1]);
    // 一遍水，一遍茶：穿插着做
    for i in 1..=water.max(tea) {
        if i <= water {
            println!("烧水第{i}遍");
        }
        if i <= tea {
            println!("泡茶第{i}遍");
        }
    }
    println!("-----");
}
