/**
 * Hosts where many unrelated people keep pages, and those of payment processors and app stores that many unrelated
 * subjects collect through: an equal host there says nothing about the subject, so it never joins two tips.
 * Sub-domains count as the host itself.
 */
const SHARED_HOSTS = [
  "weixin.qq.com",
  "qq.com",
  "weibo.com",
  "weibo.cn",
  "douyin.com",
  "kuaishou.com",
  "xiaohongshu.com",
  "bilibili.com",
  "zhihu.com",
  "toutiao.com",
  "taobao.com",
  "tmall.com",
  "jd.com",
  "pinduoduo.com",
  "1688.com",
  "alipay.com",
  "baidu.com",
  "apple.com",
  "google.com",
  "github.io",
  "telegram.org",
  "t.me",
  "whatsapp.com",
  "wa.me",
  "dingtalk.com",
  "feishu.cn",
  "tencent.com",
  "tenpay.com",
  "unionpay.com",
  "95516.com",
  "lakala.com",
  "99bill.com",
  "yeepay.com",
  "chinaums.com",
  "allinpay.com",
  "jdpay.com",
  "pingpongx.com",
  "paypal.com",
  "mi.com",
  "huawei.com",
  "vivo.com.cn",
  "oppomobile.com",
  "pgyer.com",
  "fir.im",
  "wjx.cn",
  "youzan.com",
  "weidian.com",
  "gitee.io",
  "pages.dev",
  "vercel.app",
  "netlify.app",
] as const;

/** Whether a host name can identify one subject. `host` is lower-case ASCII without `www.`. */
export function identifiesSubject(host: string): boolean {
  return !SHARED_HOSTS.some((shared) => host === shared || host.endsWith(`.${shared}`));
}
