// cmd: main
// ends: hangs
// cause: deposit 拿着 balance 的锁又调用 report，report 再锁同一把 Mutex；std 的 Mutex 不可重入，线程等自己。要在调用 report 之前放开守卫，或者把值传给它。
// lines: main.rs:19（第一次拿锁，守卫还在）、main.rs:14（第二次，停住）
// not: “别的线程拿着锁”（只有一个线程）；“锁中毒了”；“两把锁顺序相反”
use std::sync::Mutex;

struct Account {
    balance: Mutex<i64>,
}

impl Account {
    fn report(&self) {
        let b = self.balance.lock().unwrap();
        println!("余额 {b}");
    }

    fn deposit(&self, n: i64) {
        let mut b = self.balance.lock().unwrap();
        *b += n;
        self.report();
    }
}

fn main() {
    let account = Account { balance: Mutex::new(100) };
    account.report();
    account.deposit(50);
    println!("存好了");
}
